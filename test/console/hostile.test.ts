/** Texts of strangers stay texts: what would run in a careless page stands in names, words, results and errors, on every page. */
import { expect, it } from 'vitest';
import { startBaton } from '../support/baton.ts';
import { isWhole, openConsole } from '../support/console/pages.ts';
import { until } from '../support/until.ts';

/** Each would set `attacked`, in its own way. */
const ATTACKS = [
  '<img src=x onerror="attacked=1">',
  '<script>attacked=1</script>',
  '"><svg onload="attacked=1">',
  "'-(attacked=1)-'",
  '</script><script>attacked=1</script>',
  '[a](javascript:attacked=1)',
  '<a href="javascript:attacked=1" autofocus onfocus="attacked=1">x</a>',
  '![p](x "onerror=attacked=1")',
  '<iframe srcdoc="<script>parent.attacked=1</script>"></iframe>',
  '<style>@import "javascript:attacked=1"</style>',
  '<math><mi xlink:href="javascript:attacked=1">x</mi></math>',
].join('\n');

const DEFINITION = `
name: hostile
version: 1.0.0
title: ${JSON.stringify(ATTACKS)}
description: ${JSON.stringify(ATTACKS)}
inputs: { text: { type: string, description: ${JSON.stringify(ATTACKS)} } }
steps:
  - { key: say, title: ${JSON.stringify(ATTACKS)}, transform: '{{ text }}' }
  - key: ask
    title: ${JSON.stringify(ATTACKS)}
    ask:
      prompt: '{{ text }}'
      form: { type: object, properties: { note: { type: string, title: ${JSON.stringify(ATTACKS)}, default: ${JSON.stringify(ATTACKS)} } } }
    dependencies: [say]
  - { key: lookup, title: Fails, http: { url: 'http://127.0.0.1:1/{{ "<img src=x onerror=attacked=1>" }}' }, onError: continue, dependencies: [say] }
`;

const baton = await startBaton();
const visit = await openConsole(baton.url);
await baton.publish(DEFINITION);
const { id } = await baton.start({
  workflow: 'hostile',
  inputs: { text: ATTACKS },
  labels: { attack: ATTACKS.slice(0, 250) },
  by: ATTACKS.slice(0, 200),
});
await baton.call('POST', `/runs/${id}/messages`, { content: ATTACKS, by: ATTACKS.slice(0, 200) });
await until(async () => (await baton.items<object>(`/runs/${id}/questions`)).length > 0, {
  describe: 'the question is asked',
});

const run = `/runs/${id}`;
const PATHS = [
  '/runs',
  `/runs?filter=${encodeURIComponent('<img src=x onerror=attacked=1>')}`,
  ...['graph', 'timeline', 'conversation', 'checkpoints', 'events'].map((view) => `${run}/${view}?step=say`),
  ...['input', 'output', 'attempts', 'calls', 'events'].map(
    (tab) => `${run}/graph?step=lookup&inspect=${tab}`,
  ),
  '/inbox',
  '/definitions',
  '/definitions/hostile',
  ...['edit', 'edit&beside=trial', 'versions'].map((tab) => `/definitions/hostile?tab=${tab}`),
  '/insights',
];

const { page, errors, go } = await visit('/');
page.on('dialog', (dialog) => void dialog.dismiss());

it.each(PATHS)('%s shows it and runs nothing', async (path) => {
  await go(path);
  await isWhole(page);
  expect(await page.evaluate('globalThis.attacked')).toBeUndefined();
  const links = await page.evaluate<readonly string[]>(
    '[...document.querySelectorAll("a[href]")].map((link) => link.getAttribute("href"))',
  );
  expect(links.filter((link) => /^\s*(javascript|data|vbscript):/i.test(link))).toEqual([]);
  expect(errors).toEqual([]);
});
