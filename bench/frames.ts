/**
 * How smoothly the console moves where much is in it: the list of 100,000 runs and the graph of 2,000 steps while they are scrolled and
 * drawn about, and a conversation of 5,000 entries in which two agents speak. A real Chromium without a graphics card, so
 * that a machine draws what a screen would.
 */
import pg from 'pg';
import type { Page } from 'playwright-core';
import { createLogger } from '../src/log/log.ts';
import { PostgresStreamer } from '../src/streaming/postgres-streamer.ts';
import { launchBrowser } from '../test/support/console/browser.ts';
import { converse, insertCopies, insertRun, insertSteps, layersOf } from '../test/support/console/rows.ts';
import { startApi } from './api.ts';
import { percentile } from './statistics.ts';

export interface Frames {
  readonly what: string;
  readonly frames: number;
  /** Of all frames, those that took over 50 ms, 0 to 1. */
  readonly slow: number;
  readonly p50_ms: number;
  readonly worst_ms: number;
}

const [RUNS, STEPS, UNITS] = [100_000, 2_000, 2_500];
const MS = 5_000;

/** Gathers how long each frame took, for so long. */
const RECORD = `new Promise((done) => {
  const times = [];
  const begun = performance.now();
  let last = begun;
  const frame = (now) => {
    times.push(now - last);
    last = now;
    if (now - begun < ${MS}) requestAnimationFrame(frame);
    else done(times.slice(1));
  };
  requestAnimationFrame(frame);
})`;

export async function measureFrames(temporalAddress: string, databaseUrl: string): Promise<Frames[]> {
  const database = new pg.Pool({ connectionString: databaseUrl });
  const api = await startApi(temporalAddress, databaseUrl);
  const browser = await launchBrowser();
  try {
    const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
    return [
      await list(page, api.url, database),
      await conversation(page, api.url, database),
      await graph(page, api.url, database),
    ];
  } finally {
    await browser.close();
    await api.stop();
    await database.end();
  }
}

async function list(page: Page, url: string, database: pg.Pool): Promise<Frames> {
  await insertRun(database, 'many');
  await insertCopies(database, 'many', RUNS);
  await page.goto(`${url}/runs`);
  await page.getByText(/100,\d{3} runs/).waitFor();
  await page.getByRole('grid', { name: 'Runs' }).hover();
  return recorded(`${RUNS} runs, scrolled`, page, () => page.mouse.wheel(0, 400));
}

async function conversation(page: Page, url: string, database: pg.Pool): Promise<Frames> {
  const id = 'talking';
  await insertRun(database, id);
  await converse(database, id, 0, UNITS - 1);
  const streamer = new PostgresStreamer(database, createLogger('bench', 'warn'));
  const masking = { mask: (text: string) => text, torn: () => 0 };
  const calls = ['plan', 'code'].map((step) =>
    streamer.begin({ runId: id, step, attempt: 1, turn: UNITS + 1 }, masking),
  );
  await page.goto(`${url}/runs/${id}/conversation`);
  await page.getByText(`entry ${2 * UNITS}`, { exact: true }).waitFor();
  const speak = async () => {
    for (const call of calls) call.push('another word of what it says ');
  };
  await speak();
  await page.getByText('another word').nth(1).waitFor();
  const frames = await recorded(`${2 * UNITS} entries, two agents speak`, page, speak);
  await streamer.close();
  return frames;
}

async function graph(page: Page, url: string, database: pg.Pool): Promise<Frames> {
  const published = await fetch(`${url}/api/v1/workflows`, {
    method: 'POST',
    headers: { 'content-type': 'application/yaml' },
    body: layersOf(STEPS, 40),
  });
  const { hash } = (await published.json()) as { readonly hash: string };
  await insertRun(database, 'layers', hash);
  await insertSteps(database, 'layers', STEPS, 40);
  await page.goto(`${url}/runs/layers/graph`);
  await page.locator('.react-flow__node').first().waitFor();
  await page.mouse.move(700, 500);
  await page.mouse.down();
  let at = 0;
  return recorded(`${STEPS} steps, drawn about`, page, () =>
    page.mouse.move(700 + 250 * Math.sin(at / 9), 500 + 250 * Math.cos(at++ / 7)),
  );
}

/** @param act done again and again meanwhile */
async function recorded(what: string, page: Page, act: () => Promise<unknown>): Promise<Frames> {
  await page.waitForTimeout(1_000);
  let isOver = false;
  const recording = page.evaluate<number[]>(RECORD).finally(() => (isOver = true));
  while (!isOver) {
    await act();
    await new Promise((done) => setTimeout(done, 30));
  }
  const times = await recording;
  return {
    what,
    frames: times.length,
    slow: times.filter((ms) => ms > 50).length / times.length,
    p50_ms: percentile(times, 0.5),
    worst_ms: Math.max(...times),
  };
}
