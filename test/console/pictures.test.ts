/**
 * The pictures of the documentation, taken from the product: the examples run for real, with scripted models, and the pages are
 * shown with what came of it. Each run of the suite takes them; `npm run pictures` puts them where the documentation has them.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { startBaton } from '../support/baton.ts';
import { faultsOf, openConsole, type Look } from '../support/console/pages.ts';
import { gitRepository } from '../support/git-repository.ts';
import { temporaryHome } from '../support/temporary-home.ts';
import { until } from '../support/until.ts';

/** px; what is lower is mostly empty. */
const MOST_HEIGHT = 780;
const ROOT = join(import.meta.dirname, '../..');
const example = (name: string) => readFileSync(join(ROOT, 'examples', name), 'utf8');
const folder = process.env['BATON_PICTURES'] ?? temporaryHome();
mkdirSync(folder, { recursive: true });

const SCRIPTS = ['demo', 'build-feature', 'planner', 'ship-change'];
const calls = SCRIPTS.flatMap(
  (name) => (parse(example(`scripts/${name}.yaml`)) as { readonly calls: readonly unknown[] }).calls,
);
const script = join(temporaryHome(), 'script.yaml');
writeFileSync(script, stringify({ script: 1, calls }));

const { repository, sources } = gitRepository(join(ROOT, 'examples/sample-repo'));
const baton = await startBaton({
  BATON_SCRIPT: script,
  BATON_ALLOW_COMMANDS: '1',
  BATON_MODEL: 'scripted/demo',
  BATON_WORKSPACE_SOURCES: sources,
});
const visit = await openConsole(baton.url);
const EXAMPLES = ['ship-change', 'code-review', 'planner', 'build-feature'];
for (const name of EXAMPLES) await baton.publish(example(`${name}.yaml`));

const start = async (workflow: string, inputs: object, by: string) =>
  (await baton.start({ workflow, inputs, by, labels: { team: 'sessions' } })).id;
const asked = async (run: string) =>
  until(async () => (await baton.items<{ id: string }>(`/runs/${run}/questions`))[0]?.id);
const approve = async (run: string) =>
  baton.call('POST', `/runs/${run}/answers`, {
    question: await asked(run),
    answer: { approved: true },
    by: 'ana',
  });

const review = { git_diff: example('sample.diff') };
const reviews = [
  await start('code-review-workflow', review, 'ci'),
  await start('code-review-workflow', review, 'bo'),
];
const shipped = await start('ship-change', { repository }, 'ana');
await approve(shipped);
for (const id of [...reviews, shipped]) await baton.finished(id);
const planned = await start('planner', { task: 'Move the sessions to Postgres' }, 'bo');
const waiting = await start('ship-change', { repository }, 'ana');
await baton.call('POST', `/runs/${waiting}/messages`, { content: 'Keep the old error type.', by: 'bo' });
for (const id of [planned, waiting]) await asked(id);

interface Shown {
  readonly path: string;
  readonly look?: Look;
  /** What tells that it is there. */
  readonly there: (page: Page) => Promise<unknown>;
}

const text = (words: string | RegExp) => (page: Page) => page.getByText(words).first().waitFor();
const PICTURES: Readonly<Record<string, Shown>> = {
  runs: { path: '/runs', there: text('code-review-workflow') },
  graph: { path: `/runs/${waiting}/graph?step=plan&inspect=output`, there: text('Approve the plan') },
  timeline: { path: `/runs/${shipped}/timeline`, look: { theme: 'dark' }, there: text('Make the change') },
  conversation: {
    path: `/runs/${planned}/conversation`,
    there: (page) =>
      page
        .getByRole('log', { name: 'Conversation' })
        .getByRole('button', { name: /^(Yes|Approve)/ })
        .first()
        .waitFor(),
  },
  try: {
    path: '/definitions/code-review-workflow?tab=edit&beside=trial',
    there: async (page) => {
      await page.getByLabel('Begin with what a run has recorded').selectOption(reviews[0] ?? '');
      await page.getByRole('list', { name: 'Steps of the trial' }).getByText('Completed').first().waitFor();
    },
  },
  inbox: {
    path: '/inbox',
    look: { size: 'phone' },
    there: (page) =>
      page
        .getByText(/^Task: Add formatDuration/)
        .first()
        .click(),
  },
};

describe('the pictures of the documentation', () => {
  it.each(Object.entries(PICTURES))('%s', async (name, { path: address, look, there }) => {
    const visitor = await visit(address, look);
    const { page, leave } = visitor;
    await there(page);
    await page.waitForLoadState('networkidle');
    expect(await faultsOf(visitor)).toEqual([]);
    const path = join(folder, `${name}.png`);
    const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
    const clip = { x: 0, y: 0, width, height: Math.min(height, MOST_HEIGHT) };
    const picture = await page.screenshot({ path, clip, animations: 'disabled' });
    // A page that shows nothing makes a picture of next to no bytes.
    expect(picture.length).toBeGreaterThan(20_000);
    await leave();
  });

  it('stand in the documentation, and no others', () => {
    const said = ['README.md', 'docs/console.md']
      .map((file) => readFileSync(join(ROOT, file), 'utf8'))
      .join('\n');
    const named = [...said.matchAll(/pictures\/([\w-]+)\.png/g)].map(([, name = '']) => name);
    expect([...new Set(named)].toSorted()).toEqual(Object.keys(PICTURES).toSorted());
    for (const name of named)
      expect(
        readFileSync(join(ROOT, 'docs/pictures', `${name}.png`))
          .subarray(1, 4)
          .toString(),
      ).toBe('PNG');
  });
});
