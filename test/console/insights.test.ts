/** Insights: figures that lead to their runs, a period of one's own, the table behind a chart. */
import { beforeAll, describe, expect, it } from 'vitest';
import { startBaton } from '../support/baton.ts';
import { faultsOf, openConsole } from '../support/console/pages.ts';

const baton = await startBaton();
const visit = await openConsole(baton.url);
const OK = 'name: counted\nversion: "1"\nsteps: [{ key: a, transform: 1 }]';
const FAILING =
  'name: failing\nversion: "1"\nsteps: [{ key: fetch, http: { url: "http://127.0.0.1:1/" }, retry: { attempts: 1 } }]';

const iso = (daysFromNow: number) => new Date(Date.now() + daysFromNow * 86_400_000).toISOString();

describe('where nothing has run', () => {
  it('says so', async () => {
    const visitor = await visit('/insights');
    await visitor.page.getByText('Nothing has run in this period').waitFor();
    expect(await faultsOf(visitor)).toEqual([]);
    await visitor.leave();
  });
});

describe('figures of a period', () => {
  beforeAll(async () => {
    await baton.publish(OK);
    await baton.publish(FAILING);
    const ids: string[] = [];
    for (const workflow of ['counted', 'counted', 'failing']) ids.push((await baton.start({ workflow })).id);
    for (const id of ids) await baton.finished(id);
    // One of the two has begun eight days ago: in the period before.
    await baton.database.query(
      "update workflow_runs set created_at = created_at - interval '8 days' where id = $1",
      [ids[1]],
    );
  });

  it('lead from a bar to the runs that it counts, by keyboard', async () => {
    const { page, errors, leave } = await visit('/insights');
    const bars = page.getByRole('list', { name: 'Runs' });
    const bar = bars.getByRole('link');
    await bar.waitFor();
    await expect
      .poll(() => bar.getAttribute('aria-label'))
      .toMatch(/completed 1, failed 1, stopped 0, open 0/);
    await page.getByText('1 more than in the 7 days before, +100%').first().waitFor();
    await bar.focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/runs\?/);
    await page.getByText('2 runs', { exact: true }).waitFor();
    await expect
      .poll(() => new URL(page.url()).searchParams.get('filter'))
      .toMatch(/^created>=\S+ created<\S+$/);
    expect(errors).toEqual([]);
    await leave();
  });

  it('go from bar to bar by arrow keys, over days without a run', async () => {
    const { page, leave } = await visit('/insights?from=30d');
    const links = page.getByRole('list', { name: 'Runs' }).getByRole('link');
    await links.first().waitFor();
    await expect.poll(() => links.count()).toBe(2);
    await links.first().focus();
    await page.keyboard.press('ArrowRight');
    await expect
      .poll(() => page.evaluate('document.activeElement.getAttribute("aria-label")'))
      .toBe(await links.last().getAttribute('aria-label'));
    await expect.poll(() => links.first().getAttribute('tabindex')).toBe('-1');
    await leave();
  });

  it('stand as a table behind each chart, which leads to runs of one status', async () => {
    const visitor = await visit('/insights');
    const { page, leave } = visitor;
    const chart = page.getByRole('figure').filter({ hasText: 'stopped' });
    await chart.getByRole('button', { name: 'Table' }).click();
    const table = page.getByRole('region', { name: 'Runs, as a table' });
    await expect.poll(() => table.getByRole('row').count()).toBeGreaterThanOrEqual(8);
    expect(await faultsOf(visitor)).toEqual([]);
    // Of the day on which both ran: one completed, one failed.
    await table.getByRole('row').last().getByRole('link', { name: '1', exact: true }).nth(1).click();
    await page.getByText('1 run', { exact: true }).waitFor();
    await expect
      .poll(() => new URL(page.url()).searchParams.get('filter'))
      .toContain('status:failed,timed_out');
    await leave();
  });

  it('are those of two moments that are typed and stand in the address', async () => {
    const { page, go, leave } = await visit('/insights');
    await page.getByLabel('Period').selectOption({ label: 'From … until …' });
    const form = page.getByRole('form', { name: 'Own period' });
    const from = iso(-9).slice(0, 16);
    await form.getByLabel('From').fill(from);
    await form.getByLabel('until').fill(iso(-10).slice(0, 16));
    await form.getByText('It ends before it begins.').waitFor();
    await form.getByLabel('until').fill(iso(-7).slice(0, 16));
    await page.keyboard.press('Enter');
    await page.waitForURL(/until=/);
    const { pathname, search, searchParams } = new URL(page.url());
    expect(searchParams.get('from')).toBe(`${from}:00.000Z`);
    const runs = page.locator('dl div').filter({ hasText: /^Runs1none in the 2 days before$/ });
    await runs.waitFor();
    await go(pathname + search);
    await runs.waitFor();
    await leave();
  });

  it('can be read by everybody over a year, and tell what fails and whether tables follow', async () => {
    const visitor = await visit('/insights?from=365d', { size: 'phone', theme: 'dark' });
    const { page, leave } = visitor;
    await page.getByText('What fails most').waitFor();
    await page.getByText('A projector is at work').waitFor();
    expect(await faultsOf(visitor)).toEqual([]);
    await leave();
  });
});
