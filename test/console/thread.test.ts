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
import { converse, insertRun } from '../support/console/rows.ts';
import { runId, until } from '../support/index.ts';

/** Two entries each: what an agent says, and a call of a tool with what was said of it. */
const UNITS = 2_500;
const baton = await startBaton();
const visit = await openConsole(baton.url);
const streamer = openStreamer(baton.config, baton.database, createLogger('test', 'error'));
afterFile(() => streamer.close());
await baton.publish(`
name: asking
version: 1.0.0
steps:
  - key: approve
    title: May it go out?
    ask:
      prompt: Where shall it go?
      form: { type: object, required: [target], properties: { target: { type: string, enum: [staging, production] } } }
  - { key: deploy, title: Deploy, transform: '{{ approve.result.answer.target }}', dependencies: [approve] }
`);

async function conversation(units: number): Promise<string> {
  const id = runId('talking');
  await insertRun(baton.database, id);
  await converse(baton.database, id, 0, units - 1);
  return id;
}

const log = (page: Page) => page.getByRole('log', { name: 'Conversation' });
const entry = (page: Page, number: number) => log(page).getByText(`entry ${number}`, { exact: true });
/** The entries in the page, with their places on the screen. */
const LIST = `document.querySelector('[role="log"]')`;
const ENTRIES = `[...${LIST}.querySelectorAll('article')].map((row) => ({
  number: Number(/entry (\\d+)/.exec(row.textContent ?? '')?.[1]),
  top: row.getBoundingClientRect().top,
}))`;
const inPage = (page: Page) =>
  page.evaluate<readonly { readonly number: number; readonly top: number }[]>(ENTRIES);

/** Where the list stands, in pixels from its top. */
const offset = (page: Page) => page.evaluate<number>(`${LIST}.scrollTop`);

const FRAMES = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))';

/** The same, once what was estimated has been measured, and a scroll has come to its end: a busy page stands still in between. */
async function settled(page: Page): Promise<Awaited<ReturnType<typeof inPage>>> {
  return until(async () => {
    const before = await inPage(page);
    for (let looks = 0; looks < 3; looks++) {
      await sleep(100);
      await page.evaluate(FRAMES);
      if (JSON.stringify(before) !== JSON.stringify(await inPage(page))) return false;
    }
    return before;
  });
}

/** Goes up a screen at a time until nothing more comes above, and gathers what was to be seen on the way. */
const SCROLL_UP = `(async (list) => {
  const seen = new Set();
  const shown = () => ${FRAMES};
  for (let still = 0; still < 8;) {
    for (const { number } of ${ENTRIES}) seen.add(number);
    const before = list.scrollTop;
    list.scrollBy(0, -list.clientHeight * 0.9);
    await shown();
    const isWhole = list.textContent.includes('Beginning of the conversation');
    still = list.scrollTop === before && isWhole ? still + 1 : 0;
  }
  return [...seen];
})(${LIST})`;
const scrollToTop = async (page: Page): Promise<ReadonlySet<number>> =>
  new Set(await page.evaluate<readonly number[]>(SCROLL_UP));

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

  it('does not move under who reads when older entries come above', async () => {
    const { page, go, leave } = await visit('/');
    let release = () => {};
    const held = new Promise<void>((done) => (release = done));
    await page.route(/[?&]before=/, async (route) => {
      await held;
      await route.continue();
    });
    await go(`/runs/${id}/conversation`);
    await entry(page, 2 * UNITS).waitFor();
    await log(page).hover();
    await until(async () => {
      await page.mouse.wheel(0, -2_000);
      return (await page.getByText('Older entries come…').count()) > 0 && (await offset(page)) === 0;
    });
    const [, , , mine] = await settled(page);
    release();
    await page.getByText(/the newest 1,\d{3} entries/).waitFor();
    expect((await settled(page)).find(({ number }) => number === mine?.number)).toEqual(mine);
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

describe('a conversation of some pages', () => {
  it('is there whole for who scrolls to its beginning', async () => {
    const units = 600;
    const id = await conversation(units);
    const { page, leave } = await visit(`/runs/${id}/conversation`);
    await entry(page, 2 * units).waitFor();
    const seen = await scrollToTop(page);
    expect(Array.from({ length: 2 * units }, (_, at) => at + 1).filter((one) => !seen.has(one))).toEqual([]);
    await page.getByText('1,200 entries', { exact: true }).waitFor();
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
    const [first] = (await settled(page)).filter(({ top }) => top > 300);
    const masking = { mask: (text: string) => text, torn: () => 0 };
    const [plan, code] = ['plan', 'code'].map((step) =>
      streamer.begin({ runId: id, step, attempt: 1, turn: 900 }, masking),
    );
    for (let unit = 300; unit < 320; unit++) {
      plan?.push(`I plan part ${unit}. `.repeat(10));
      code?.push(`I write part ${unit}. `.repeat(10));
      await converse(baton.database, id, unit, unit);
      await sleep(50);
      expect((await inPage(page)).find(({ number }) => number === first?.number)).toEqual(first);
    }
    await page.getByRole('button', { name: 'Jump to latest · 40 new' }).click();
    await entry(page, 640).waitFor();
    await page.getByRole('article', { name: 'plan is speaking' }).getByText('I plan part 319').waitFor();
    await log(page).hover();
    await until(async () => {
      await page.mouse.wheel(0, -300);
      return (await page.getByRole('separator', { name: 'Unread' }).count()) > 0;
    });
    expect(errors).toEqual([]);
    await leave();
  });
});

describe('a reader who comes back', () => {
  it('sees what is new since he was here, once', async () => {
    const id = await conversation(60);
    const { page, go, leave } = await visit(`/runs/${id}/conversation`);
    await entry(page, 120).waitFor();
    expect(await page.getByRole('separator', { name: 'Unread' }).count()).toBe(0);
    await go('/runs');
    await converse(baton.database, id, 60, 61);
    await go(`/runs/${id}/conversation`);
    await page.getByRole('separator', { name: 'Unread' }).waitFor();
    const entries = await settled(page);
    const line = (await page.getByRole('separator', { name: 'Unread' }).boundingBox())?.y ?? 0;
    const below = entries.filter(({ top }) => top > line).map(({ number }) => number);
    expect(below).toEqual([121, 122, 123, 124]);
    await go(`/runs/${id}/conversation`);
    await entry(page, 124).waitFor();
    expect(await page.getByRole('separator', { name: 'Unread' }).count()).toBe(0);
    await leave();
  });

  it('reads on where the browser keeps nothing', async () => {
    const id = await conversation(60);
    const { page, go, leave, errors } = await visit('/');
    await page.context().addInitScript(
      `for (const name of ['localStorage', 'sessionStorage'])
         Object.defineProperty(globalThis, name, { get() { throw new DOMException('kept out', 'SecurityError'); } })`,
    );
    await go(`/runs/${id}/conversation`);
    await entry(page, 120).waitFor();
    expect(errors).toEqual([]);
    await leave();
  });
});

describe('the first read of a conversation', () => {
  it('takes in what was told while it was under way', async () => {
    const id = await conversation(5);
    const [said, told] = [16, 17];
    await baton.database.query(sql`
      insert into workflow_messages (run_id, seq, message_id, message_type, action_type, action_status, content, metadata,
                                     created_at, updated_seq)
      values (${id}, ${said}, 'm', 'user', 'instruction', 'pending', 'Use JWT', '{}', now(), ${said})`);
    await happen(id, said, {});
    const { page, go, leave } = await visit('/');
    let release = () => {};
    const held = new Promise<void>((done) => (release = done));
    await page.route(/\/messages\?.*order=desc/, async (route) => {
      const response = await route.fetch();
      await held;
      await route.fulfill({ response });
    });
    const asked = page.waitForResponse(/\/questions\?/);
    await go(`/runs/${id}/conversation`);
    await asked;
    await page.getByText('Live', { exact: true }).waitFor();
    await baton.database.query(sql`
      update workflow_messages set action_status = 'processed', updated_seq = ${told} where run_id = ${id} and seq = ${said}`);
    // The page reads the run a moment after it has heard of an event, and the conversation before that.
    const heard = new Promise<void>((done) => {
      void page.route(
        (url) => url.pathname.endsWith(`/runs/${id}`),
        async (route) => {
          const response = await route.fetch();
          const run = (await response.json()) as { last_seq: number };
          await route.fulfill({ response });
          if (run.last_seq === told) done();
        },
      );
    });
    await happen(id, told, { receipt: true, message: said });
    await heard;
    release();
    await log(page).getByText('In force').waitFor();
    await log(page).getByText('not read yet').waitFor({ state: 'detached' });
    expect(await log(page).getByText('In force').count()).toBe(1);
    await leave();
  });

  it('comes by itself when Baton answers again', async () => {
    const id = await conversation(5);
    const { page, go, leave } = await visit('/');
    await page.route(/\/messages\?/, (route) => route.abort());
    await go(`/runs/${id}/conversation`);
    await page.getByText('Baton does not answer').waitFor();
    await page.unroute(/\/messages\?/);
    await entry(page, 10).waitFor();
    expect(await page.getByText('Baton does not answer').count()).toBe(0);
    await leave();
  });
});

/** An event of a message comes to be, and is told. */
async function happen(id: string, seq: number, data: object): Promise<void> {
  await baton.database.query(sql`
    insert into workflow_events (run_id, seq, type, data, at, execution_id, event_id)
    values (${id}, ${seq}, 'message', ${JSON.stringify(data)}::jsonb, now(), 'e', ${seq})`);
  await baton.database.query(sql`update workflow_runs set last_seq = ${seq} where id = ${id}`);
  await baton.database.query(sql`select pg_notify('baton_run', ${id})`);
}

describe('what somebody says', () => {
  const SEND = /\/api\/v1\/runs\/[^/]+\/messages$/;

  it('stands there at once, and is replaced by what was recorded', async () => {
    const id = await startAsking();
    const { page, leave } = await visit(`/runs/${id}/conversation`);
    let release = () => {};
    const held = new Promise<void>((done) => (release = done));
    await page.route(SEND, async (route) => {
      await held;
      await route.continue();
    });
    await say(page, 'Use JWT');
    const mine = log(page).getByText('Use JWT');
    await mine.waitFor();
    await log(page).getByText('Sending…').waitFor();
    expect(await box(page).inputValue()).toBe('');
    release();
    await recorded(page).waitFor();
    expect(await log(page).getByText('Sending…').count()).toBe(0);
    expect(await mine.count()).toBe(1);
    await leave();
  });

  it('stays with the reason where nobody answers, over a reload, and goes once when it is tried again', async () => {
    const id = await startAsking();
    const visitor = await visit(`/runs/${id}/conversation`);
    const { page, leave } = visitor;
    await page.route(SEND, (route) => route.abort());
    await say(page, 'Use JWT');
    await log(page)
      .getByText(/Baton does not answer: nobody knows/)
      .waitFor();
    expect(await faultsOf(visitor)).toEqual([]);
    await page.reload();
    await log(page).getByText('Use JWT').waitFor();
    await page.unroute(SEND);
    await page.getByRole('button', { name: 'Try again' }).click();
    await recorded(page).waitFor();
    expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(0);
    expect(await log(page).getByText('Use JWT').count()).toBe(1);
    await leave();
  });

  it('stays with the reason where it is refused, and can be taken back to be changed', async () => {
    const id = await startAsking();
    const { page, leave } = await visit(`/runs/${id}/conversation`);
    const long = 'x'.repeat(70_000);
    await say(page, long);
    await log(page)
      .getByText(/Not taken: /)
      .waitFor();
    await page.getByRole('button', { name: 'Take back' }).click();
    await expect.poll(() => box(page).inputValue()).toBe(long);
    await leave();
  });
});

describe('a question with choices', () => {
  it('is answered by a number and Enter, and not by who types', async () => {
    const id = await startAsking();
    const visitor = await visit(`/runs/${id}/conversation`);
    const { page, leave } = visitor;
    const chosen = page.getByRole('button', { name: 'production' });
    await chosen.waitFor();
    await box(page).pressSequentially('12');
    await page.keyboard.press('Escape');
    expect(await box(page).inputValue()).toBe('12');
    expect(await chosen.getAttribute('aria-pressed')).toBe('false');
    expect(await chosen.getAttribute('aria-keyshortcuts')).toBe('2');
    await page.keyboard.press('2');
    expect(await faultsOf(visitor)).toEqual([]);
    await page.keyboard.press('Enter');
    expect((await baton.finished(id)).output).toBe('production');
    await leave();
  });
});

const recorded = (page: Page) => log(page).getByRole('article', { name: 'Ana says' });
const box = (page: Page) => page.getByRole('textbox', { name: 'What you say' });

async function say(page: Page, text: string): Promise<void> {
  await box(page).fill(text);
  await box(page).press('Control+Enter');
}

/** Started, and its question is there to be answered. */
async function startAsking(): Promise<string> {
  const { id } = await baton.start({ workflow: 'asking' });
  await until(async () => (await baton.items<object>(`/runs/${id}/questions`)).length > 0);
  return id;
}
