/** The list of runs, by mouse and by keyboard: found by a filter, kept as a view, with own columns, acted on together. */
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBaton } from '../support/baton.ts';
import { faultsOf, isGone, openConsole } from '../support/console/pages.ts';
import { until } from '../support/until.ts';

const QUICK = `
name: quick
version: 1.0.0
inputs: { pr: { type: integer } }
steps: [{ key: a, transform: '{{ pr }}' }]
`;
const ASKING = `
name: asking
version: 1.0.0
steps: [{ key: approve, ask: { prompt: 'May it?', form: { type: object, properties: { yes: { type: boolean } } } } }]
`;

const baton = await startBaton();
const visit = await openConsole(baton.url);
const ids: string[] = [];

beforeAll(async () => {
  await baton.publish(QUICK);
  await baton.publish(ASKING);
  for (const pr of [7, 8]) ids.push((await baton.start({ workflow: 'quick', inputs: { pr } })).id);
  for (const id of ids) await baton.finished(id);
  for (let count = 0; count < 3; count += 1) ids.push((await startAsking()).id);
});

async function startAsking() {
  const run = await baton.start({ workflow: 'asking' });
  await until(async () => (await baton.items<object>(`/runs/${run.id}/questions`)).length > 0);
  return run;
}

const grid = (page: Page) => page.getByRole('grid', { name: 'Runs' });
const rowOf = (page: Page, id: string) => grid(page).getByRole('row').filter({ hasText: id });
const shown = async (page: Page) => (await grid(page).getByRole('row').count()) - 1;
const filterOf = (page: Page) => new URL(page.url()).searchParams.get('filter');
const counted = (page: Page, words: string) => page.getByText(words, { exact: true }).first().waitFor();

describe('by keyboard alone', () => {
  it('a filter is typed with completion, and its address shows the same list to somebody else', async () => {
    const { page, errors, leave } = await visit('/runs');
    await counted(page, '5 runs');
    await page.keyboard.press('/');
    await page.keyboard.type('workf');
    await page.getByRole('option', { name: /workflow:/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('option', { name: /quick/ }).waitFor();
    await page.keyboard.type('qui');
    await page.keyboard.press('Enter');
    await page.keyboard.type('workflow:quick status:completed');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Change status:completed' }).waitFor();
    await page.getByRole('button', { name: 'Remove workflow:qui', exact: true }).press('Enter');
    await counted(page, '2 runs');
    await expect.poll(() => filterOf(page)).toBe('workflow:quick status:completed');
    const pasted = await visit(new URL(page.url()).pathname + new URL(page.url()).search);
    await counted(pasted.page, '2 runs');
    await expect.poll(() => shown(pasted.page)).toBe(2);
    expect(errors).toEqual([]);
    await pasted.leave();
    await leave();
  });

  it('what cannot be read says why, and where', async () => {
    const { page, leave } = await visit('/runs?filter=status:lost');
    await page.getByRole('alert').waitFor();
    await page.getByText('This filter cannot be read').waitFor();
    await page.getByRole('button', { name: 'Clear the filter' }).press('Enter');
    await counted(page, '5 runs');
    await expect.poll(() => filterOf(page)).toBeNull();
    await leave();
  });

  it('rows are walked, chosen and opened', async () => {
    const { page, leave } = await visit('/runs?filter=workflow:quick&sort=created');
    await rowOf(page, ids[0] ?? '').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    await page.keyboard.press('x');
    await page.getByRole('toolbar', { name: 'Chosen runs' }).getByText('1 chosen').waitFor();
    await expect.poll(() => rowOf(page, ids[0] ?? '').getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.pathname.startsWith(`/runs/${ids[0]}/`));
    await leave();
  });
});

describe('with a mouse', () => {
  it('a view is made, used and removed', async () => {
    const visitor = await visit('/runs?filter=workflow:quick');
    const { page, go, leave } = visitor;
    const views = page.getByRole('navigation', { name: 'Views' });
    await views.getByRole('button', { name: 'Save view' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('Quick <b>ones</b>');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    const tab = views.getByRole('button', { name: /Quick <b>ones<\/b> 2/ });
    await tab
      .or(views.getByRole('button', { name: 'More' }))
      .first()
      .waitFor();
    expect(await faultsOf(visitor)).toEqual([]);
    const address = new URL(page.url());
    await go('/runs');
    await counted(page, '5 runs');
    await go(address.pathname + address.search);
    await counted(page, '2 runs');
    await views.getByRole('button', { name: /What can be done with/ }).click();
    await page.getByRole('menuitem', { name: 'Remove' }).click();
    await isGone(tab);
    expect(await baton.items('/views')).toEqual([]);
    await leave();
  });

  it('a column of one’s own is added by its path, dragged wider, and stands in the address', async () => {
    const { page, leave } = await visit('/runs?filter=workflow:quick');
    await page.getByRole('button', { name: 'Columns' }).click();
    const dialog = page.getByRole('dialog', { name: 'Columns' });
    await dialog.getByLabel('A column of your own').fill('inputs.pr');
    await dialog.getByRole('button', { name: 'Add' }).click();
    await dialog.getByRole('button', { name: 'Hide Labels' }).click();
    await dialog.getByRole('button', { name: 'Done' }).click();
    expect(
      await rowOf(page, ids[0] ?? '')
        .getByRole('gridcell')
        .last()
        .textContent(),
    ).toBe('7');
    const edge = page.getByRole('separator', { name: 'Width of Run', exact: true });
    const { x = 0, y = 0 } = (await edge.boundingBox()) ?? {};
    await page.mouse.move(x + 2, y + 5);
    await page.mouse.down();
    await page.mouse.move(x + 62, y + 5, { steps: 4 });
    await page.mouse.up();
    await edge.press('ArrowLeft');
    await page.waitForURL(/id(:|%3A)274/);
    await expect
      .poll(() => new URL(page.url()).searchParams.get('columns'))
      .toMatch(/^status,id:274,.*,inputs\.pr$/);
    await leave();
  });

  it('newer runs wait behind a button', async () => {
    const { page, leave } = await visit('/runs?filter=workflow:quick');
    await counted(page, '2 runs');
    // The list knows what was there when it first looked.
    await rowOf(page, ids[1] ?? '').waitFor();
    const { id } = await baton.start({ workflow: 'quick', inputs: { pr: 9 } });
    await page.getByRole('button', { name: '1 new run' }).waitFor();
    expect(await rowOf(page, id).count()).toBe(0);
    await page.getByRole('button', { name: '1 new run' }).click();
    await rowOf(page, id).waitFor();
    await leave();
  });

  it('all runs of a filter are cancelled at once, with their number first and the outcome of each', async () => {
    const { page, errors, leave } = await visit('/runs?filter=workflow:asking');
    await counted(page, '3 runs');
    await page.getByRole('checkbox', { name: 'Choose all runs of this list' }).click();
    const bar = page.getByRole('toolbar', { name: 'Chosen runs' });
    await bar.getByText('3 chosen').waitFor();
    await bar.getByRole('button', { name: 'Cancel' }).click();
    const dialog = page.getByRole('dialog', { name: 'Cancel 3 runs' });
    await dialog.getByText('It is for 3 runs.').waitFor();
    await dialog.getByLabel('Reason').fill('not needed');
    await dialog.getByRole('button', { name: 'Cancel 3 runs' }).click();
    await dialog.getByText('3 of 3 done').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    for (const id of ids.slice(2)) expect((await baton.finished(id)).status).toBe('cancelled');
    expect(errors).toEqual([]);
    await leave();
  });
});
