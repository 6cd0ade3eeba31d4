/**
 * Conversations of thousands of entries, readers who come back to one, and words that are on their way.
 *
 * The long conversation was never held: its rows are written into the projector's tables here, in the form in which they
 * are written of a run of two agents (a comment, a call of a tool, its answer and what was said of it, in turn), and so is
 * what comes while somebody reads. The pieces of the live words go through the product's streamer, as a worker's do.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../src/database/sql.ts';
import { createLogger } from '../../src/log/log.ts';
import { openStreamer } from '../../src/streaming/open-streamer.ts';
import { afterFile } from '../support/after-file.ts';
import { startBaton } from '../support/baton.ts';
import { faultsOf, openConsole } from '../support/console/pages.ts';
import { runId, until } from '../support/index.ts';

/** Two entries each: what an agent says, and a call of a tool with what was said of it. */
const UNITS = 2_500;
const baton = await startBaton();
const visit = await openConsole(baton.url);
const streamer = openStreamer(baton.config, baton.database, createLogger('test', 'error'));
afterFile(() => streamer.close());

/** Entries `2 × first + 1` to `2 × last + 2` of a run: `entry N`, by two agents in turn. */
async function converse(id: string, first: number, last: number): Promise<void> {
  await baton.database.query(sql`
    insert into workflow_messages (run_id, seq, message_type, action_status, content, step, agent, attempt, turn, metadata,
                                   created_at, updated_seq)
    select ${id}::text, 3 * unit + at, 'agent', 'processed', 'entry ' || (2 * unit + (at + 1) / 2), step, step, 1, unit + 1,
           '{}', now(), 3 * unit + at
    from generate_series(${first}::int, ${last}::int) unit, unnest(array[1, 3]) at,
         lateral (select case when unit % 2 = 0 then 'plan' else 'code' end as step) s`);
  await baton.database.query(sql`
    insert into workflow_events (run_id, seq, type, step, attempt, turn, data, at, execution_id, event_id)
    select ${id}::text, 3 * unit + at, (array['message', 'tool_call', 'tool_response'])[at], step, 1, unit + 1,
           '{"index": 0, "name": "read_file", "preview": "a file"}'::jsonb, now(), 'e', 3 * unit + at
    from generate_series(${first}::int, ${last}::int) unit, unnest(array[1, 2, 3]) at,
         lateral (select case when unit % 2 = 0 then 'plan' else 'code' end as step) s`);
  await baton.database.query(sql`update workflow_runs set last_seq = ${3 * last + 3} where id = ${id}`);
  await baton.database.query(sql`select pg_notify('baton_run', ${id})`);
}

async function conversation(units: number): Promise<string> {
  const id = runId('talking');
  await baton.database.query(sql`
    insert into workflow_runs (id, workflow, version, status, labels, execution_id, created_at, updated_at)
    values (${id}, 'talking', '1.0.0', 'running', '{}', 'e', now(), now())`);
  await converse(id, 0, units - 1);
  return id;
}

const log = (page: Page) => page.getByRole('log', { name: 'Conversation' });
const entry = (page: Page, number: number) => log(page).getByText(`entry ${number}`, { exact: true });
/** Where the list stands, in pixels from its top. */
const offset = (page: Page) => log(page).evaluate<number, HTMLElement>((list) => list.scrollTop);

/** The entries in the page, with their places on the screen. */
const inPage = (page: Page) =>
  log(page).evaluate<{ number: number; top: number }[], HTMLElement>((list) =>
    [...list.querySelectorAll('article')].map((row) => ({
      number: Number(/entry (\d+)/.exec(row.textContent ?? '')?.[1]),
      top: row.getBoundingClientRect().top,
    })),
  );

/** Turns the wheel until nothing more comes above, and gathers what was to be seen on the way. */
async function scrollToTop(page: Page): Promise<ReadonlySet<number>> {
  const seen = new Set<number>();
  await log(page).hover();
  for (let still = 0; still < 8;) {
    for (const { number } of await inPage(page)) seen.add(number);
    const before = await offset(page);
    await page.mouse.wheel(0, -600);
    await page.evaluate('new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown)))');
    const isMoved = (await offset(page)) !== before;
    const isWhole = await log(page).getByText('Beginning of the conversation').count();
    still = isMoved || (isWhole === 0 && before > 0) ? 0 : still + (isWhole > 0 ? 1 : 0);
  }
  return seen;
}

describe('a conversation of 5,000 entries', () => {
  let id: string;
  beforeAll(async () => {
    id = await conversation(UNITS);
  });

  it('opens at its end, with few requests and few rows', async () => {
    const visitor = await visit('/');
    const asked: string[] = [];
    visitor.page.on('request', (request) => {
      if (/\/(messages|events|questions)\?/.test(request.url())) asked.push(request.url());
    });
    await visitor.go(`/runs/${id}/conversation`);
    await entry(visitor.page, 2 * UNITS).waitFor();
    expect((await inPage(visitor.page)).length).toBeLessThan(60);
    expect(asked.filter((url) => url.includes(id)).length).toBeLessThanOrEqual(3);
    await visitor.page.getByText(/the newest \d{3} entries/).waitFor();
    expect(await faultsOf(visitor)).toEqual([]);
    await visitor.leave();
  });

  it('is there whole for who scrolls to its beginning', async () => {
    const { page, leave } = await visit(`/runs/${id}/conversation`);
    await entry(page, 2 * UNITS).waitFor();
    const seen = await scrollToTop(page);
    expect(Array.from({ length: 2 * UNITS }, (_, at) => at + 1).filter((one) => !seen.has(one))).toEqual([]);
    await page.getByText('5,000 entries', { exact: true }).waitFor();
    await leave();
  });

  it('leads to an entry that a link names, and to a moment of the past', async () => {
    const { page, go, leave } = await visit(`/runs/${id}/conversation?entry=31`);
    await entry(page, 21).waitFor();
    await page.getByText('Jump to latest', { exact: true }).click();
    await entry(page, 2 * UNITS).waitFor();
    await go(`/runs/${id}/conversation?at=3000`);
    await entry(page, 2_000).waitFor();
    expect(Math.max(...(await inPage(page)).map(({ number }) => number))).toBe(2_000);
    await leave();
  });
});

describe('a reader who has scrolled up', () => {
  it('is not moved while two agents speak and entries come, and is told how many', async () => {
    const id = await conversation(300);
    const { page, leave, errors } = await visit(`/runs/${id}/conversation`);
    await entry(page, 600).waitFor();
    await log(page).hover();
    await page.mouse.wheel(0, -1_000);
    await page.getByRole('button', { name: 'Jump to latest' }).waitFor();
    // What was estimated above has been measured by now.
    await until(async () => {
      const before = JSON.stringify(await inPage(page));
      await sleep(200);
      return before === JSON.stringify(await inPage(page));
    });
    const [first] = (await inPage(page)).filter(({ top }) => top > 300);
    const masking = { mask: (text: string) => text, torn: () => 0 };
    const [plan, code] = ['plan', 'code'].map((step) =>
      streamer.begin({ runId: id, step, attempt: 1, turn: 900 }, masking),
    );
    for (let unit = 300; unit < 320; unit++) {
      plan?.push(`I plan part ${unit}. `.repeat(10));
      code?.push(`I write part ${unit}. `.repeat(10));
      await converse(id, unit, unit);
      await sleep(50);
      expect((await inPage(page)).find(({ number }) => number === first?.number)).toEqual(first);
    }
    await page.getByRole('button', { name: 'Jump to latest · 40 new' }).click();
    await entry(page, 640).waitFor();
    await page.getByRole('article', { name: 'plan is speaking' }).getByText('I plan part 319').waitFor();
    await log(page).hover();
    await page.mouse.wheel(0, -1_200);
    await page.getByRole('separator', { name: 'Unread' }).waitFor();
    expect(errors).toEqual([]);
    await leave();
  });
});
