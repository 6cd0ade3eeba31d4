/**
 * 100,000 runs in the list. They are rows that a statement puts into the table of runs, copies of one that has run: what is
 * looked at is the list, not how runs come to be.
 */
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { startBaton } from '../support/baton.ts';
import { openConsole } from '../support/console/pages.ts';
import { insertCopies } from '../support/console/rows.ts';

const MANY = 100_000;
const baton = await startBaton();
const visit = await openConsole(baton.url);

beforeAll(async () => {
  await baton.publish('name: many\nversion: "1"\nsteps: [{ key: a, transform: 1 }]');
  const { id } = await baton.start({ workflow: 'many' });
  await baton.finished(id);
  await insertCopies(baton.database, id, MANY - 1);
});

/** So many pages of the list are read, of 100 rows with 36 pixels each. */
const PAGES = 30;
const PAGE_PIXELS = 100 * 36;
const heightOf = (page: Page) =>
  page.evaluate<number>('document.querySelector("[role=grid]").firstElementChild.offsetHeight');

/** Of the rows in the page, without the head, in one moment: the place of each, what it is called, and what it says. */
const shownOn = (page: Page) =>
  page.evaluate<(readonly [place: number, id: string, text: string])[]>(
    '[...document.querySelectorAll("[role=row][id][aria-rowindex]")].map((row) => [Number(row.getAttribute("aria-rowindex")), row.id, row.textContent])',
  );

const rows = (page: Page) => page.getByRole('grid', { name: 'Runs' }).getByRole('row');

it('are counted exactly, scrolled without a gap, and few of them are in the page', async () => {
  const { page, errors, leave } = await visit('/runs');
  await page.getByText('100,000 runs', { exact: true }).waitFor();
  const grid = page.getByRole('grid', { name: 'Runs' });
  await grid.hover();
  // By the wheel to the end of what has been read: the list reads on, page after page.
  for (let read = 1; read <= PAGES; read += 1) {
    await expect.poll(() => heightOf(page)).toBeGreaterThan(read * PAGE_PIXELS);
    await page.mouse.wheel(0, 1_000_000);
  }
  // Where exactly it comes to rest depends on what was read in between.
  const last = async () => Math.max(...(await shownOn(page)).map(([place]) => place));
  await expect.poll(last).toBeGreaterThanOrEqual(PAGES * 100);
  await page.mouse.wheel(0, -400);
  await expect.poll(() => rows(page).count()).toBeLessThan(60);
  // What is in sight is without a gap: each row is the one that comes after the row before it. It may still be moving.
  const seen = (await shownOn(page)).toSorted(([a], [b]) => a - b);
  const first = seen[0]?.[0] ?? 0;
  expect(seen.length).toBeGreaterThan(10);
  expect(first).toBeGreaterThan(PAGES * 90);
  const ids = seen.map((_, index) => `copy-${String(first + index - 2).padStart(6, '0')}`);
  expect(seen.map(([place, id]) => [place, id])).toEqual(
    ids.map((id, index) => [first + index, `run-${id}`]),
  );
  for (const [index, [, , text]] of seen.entries()) expect(text).toContain(ids[index]);
  expect(errors).toEqual([]);
  await leave();
});

it('are walked by keyboard, and found by a filter', async () => {
  const { page, leave } = await visit('/runs');
  await rows(page).nth(5).waitFor();
  for (let press = 0; press < 150; press += 1) await page.keyboard.press('j');
  await page.locator('[aria-rowindex="151"]').getByText('copy-000149').waitFor();
  await expect
    .poll(() => page.getByRole('grid', { name: 'Runs' }).getAttribute('aria-activedescendant'))
    .toBe('run-copy-000149');
  expect(await rows(page).count()).toBeLessThan(60);
  await page.keyboard.press('/');
  await page.keyboard.type('status:failed');
  await page.keyboard.press('Enter');
  await page.getByText('99 runs', { exact: true }).waitFor();
  await page.getByText('copy-001000', { exact: true }).waitFor();
  await leave();
});
