/** Every example runs, whole, as a user would run it; ship-change and planner in files of their own. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, test } from 'vitest';
import { verifyRun } from '../src/projections/index.ts';
import { afterFile } from './support/after-file.ts';
import { startBaton } from './support/baton.ts';
import type { ForkedRuns } from '../src/contract/checkpoint.ts';
import type { RunDifference } from '../src/contract/runs/difference.ts';
import type { Run, RunNow } from '../src/contract/run.ts';
import type { Baton } from './support/baton.ts';
import { until } from './support/index.ts';
import { recordHistory } from './support/record-history.ts';

const example = (name: string): string =>
  readFileSync(new URL(`../examples/${name}`, import.meta.url), 'utf8');
const SCRIPT = new URL('../examples/scripts/demo.yaml', import.meta.url).pathname;
const DIFF =
  'diff --git a/login.ts b/login.ts\n+const user = query(`select * from users where name = ${name}`);\n';

let baton: Baton;
beforeAll(async () => {
  baton = await startBaton({
    BATON_SCRIPT: SCRIPT,
    BATON_MODEL: 'scripted/demo',
    BATON_ALLOW_PRIVATE_NETWORK: '1',
  });
});

async function runExample(file: string, name: string, inputs: object): Promise<RunNow> {
  await baton.publish(example(file));
  const { id } = await baton.start({ workflow: name, inputs });
  const run = await baton.finished(id);
  expect(run.diverged).toBeNull();
  expect(await verifyRun(baton.database, id)).toMatchObject({ ok: true });
  await recordHistory(file.replace('.yaml', ''), id);
  return run;
}

describe('code review', () => {
  test('four agents, the audits beside each other, with turns, tokens and sessions', async () => {
    const run = await runExample('code-review.yaml', 'code-review-workflow', { git_diff: DIFF });
    expect(run).toMatchObject({ status: 'completed', terminal_reason: 'completed', turns: 4 });
    expect(run.total_tokens).toBeGreaterThan(0);
    expect(run.session_id).toMatch(/^ses_/);
    expect(typeof run.output).toBe('string');
    const steps = await baton.steps(run.id);
    expect(Object.values(steps).map((step) => step.status)).toEqual([
      'completed',
      'completed',
      'completed',
      'completed',
    ]);
    const { body } = await baton.call<{ items: { type: string }[] }>(
      'GET',
      `/runs/${run.id}/events?limit=200`,
    );
    const types = body.items.map((event) => event.type);
    expect(types[0]).toBe('workflow_start');
    expect(types.at(-1)).toBe('complete');
    expect(types.filter((type) => type === 'llm_complete')).toHaveLength(4);
  });
});

describe('http with retry', () => {
  let failures = 2;
  const server = createServer((request, response) => {
    const fail = failures-- > 0;
    response.writeHead(fail ? 503 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ path: request.url, ok: !fail }));
  });
  beforeAll(() => new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready)));
  afterFile(() => server.close());

  test('a server that fails twice is asked a third time; every attempt is kept', async () => {
    const { port } = server.address() as AddressInfo;
    const run = await runExample('http-retry.yaml', 'http-retry', { url: `http://127.0.0.1:${port}/health` });
    expect(run.status).toBe('completed');
    const steps = Object.values(await baton.steps(run.id));
    const fetched = steps.find((step) => step['kind'] === 'http');
    expect(fetched?.attempts.map((attempt) => attempt.status)).toEqual(['failed', 'failed', 'completed']);
  });
});

test('a failing branch with a fallback beside one that continues', async () => {
  const run = await runExample('fallback.yaml', 'fallback', {});
  expect(run.status).toBe('completed');
  const steps = Object.values(await baton.steps(run.id));
  expect(steps.some((step) => step.status === 'failed')).toBe(true);
  expect(steps.some((step) => step.status === 'completed' && step.error !== null)).toBe(true);
});

test('a fan of 200 steps', async () => {
  const run = await runExample('fan-200.yaml', 'fan-200', {});
  expect(run.status).toBe('completed');
  expect(Object.values(await baton.steps(run.id)).length).toBeGreaterThanOrEqual(200);
});

test('three models write beside each other, the best is promoted, and another prompt is tried', async () => {
  const { id } = await runExample('best-of-three.yaml', 'best-of-three', {});
  const variants = ['plain', 'bold', 'exact'].map((label) => ({ label, model: `scripted/${label}` }));
  const forked = await baton.call<ForkedRuns>('POST', `/runs/${id}/forks`, {
    ...{ from: 'draft', variants, budget: { tokens: 30_000 } },
  });
  const branches = await Promise.all(forked.body.items.map(({ run }) => baton.finished(run.id)));
  expect(branches.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
  const best = branches.at(-1)?.id ?? '';
  const { body } = await baton.call<RunDifference>('GET', `/runs/${id}/diff/${best}`);
  expect(body.first_difference).toEqual({ what: 'step', step: 'draft' });
  await baton.call('POST', `/runs/${id}/promotions`, {
    branch: best,
    reason: 'says what one can do with it',
  });
  await until(async () => (await baton.run(id)).epoch === 1);
  const run = await baton.finished(id);
  expect(run.output).toEqual({ text: expect.stringMatching(/^Kill it, talk to it/), points: 7 });
  expect(await verifyRun(baton.database, id)).toMatchObject({ ok: true });
  const set = { prompt: 'Write a headline about {{ facts.result.product }}.', model: 'scripted/other' };
  const { body: rerun } = await baton.call<Run>('POST', `/runs/${id}/forks`, { from: 'draft', set });
  expect((await baton.finished(rerun.id)).output).toMatchObject({
    text: expect.stringContaining('durable manner'),
  });
});
