/** A run as one page: it opens from disk, shows the run in every view, asks nobody, and lets nothing be done. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCommand } from '../cli/run-command.ts';
import { startBaton } from '../support/baton.ts';
import { openPage } from '../support/console/browser.ts';
import { startBrowser } from '../support/console/pages.ts';
import { temporaryHome } from '../support/temporary-home.ts';

const TEXT = '</script><script>attacked = 1</script>';
const baton = await startBaton();
await baton.publish(`
name: travelling
version: 1.0.0
inputs: { text: { type: string } }
steps:
  - { key: say, title: Say it, transform: '{{ text }}' }
  - { key: last, transform: 2, dependencies: [say] }
`);
const { id } = await baton.start({ workflow: 'travelling', inputs: { text: TEXT } });
await baton.finished(id);

it('opens without a server, and shows the run', async () => {
  const file = join(temporaryHome(), 'run.html');
  const { code } = await runCommand({ BATON_URL: baton.url }, ['export', id, '--html', file]);
  expect(code).toBe(0);
  expect(readFileSync(file, 'utf8')).toContain("default-src 'none'");

  const page = await openPage(await startBrowser());
  const asked: string[] = [];
  const errors: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  page.on('pageerror', ({ message }) => errors.push(message));
  await page.goto(`file://${file}`);
  await page.getByText('It can only be read').waitFor();
  await page.getByText('Say it').first().waitFor();
  for (const [view, text] of [
    ['Timeline', 'Say it'],
    ['Conversation', 'Nothing was said yet'],
    ['Checkpoints', 'Used by then'],
    ['Events', 'say: pending'],
  ] as const) {
    await page.getByRole('link', { name: view }).click();
    await page.getByText(text).first().waitFor();
  }
  expect(await page.getByRole('button', { name: 'Run again' }).getAttribute('aria-disabled')).toBe('true');
  expect(await page.evaluate('globalThis.attacked')).toBeUndefined();
  expect(asked.filter((url) => !url.startsWith('file:') && !url.startsWith('data:'))).toEqual([]);
  expect(errors).toEqual([]);
  await page.context().close();
});

it('is not written over a file that is there', async () => {
  const file = join(temporaryHome(), 'there.html');
  await runCommand({ BATON_URL: baton.url }, ['export', id, '--html', file]);
  const again = await runCommand({ BATON_URL: baton.url }, ['export', id, '--html', file]);
  expect([again.code, again.err]).toEqual([2, `${file} is there already; name another file`]);
});
