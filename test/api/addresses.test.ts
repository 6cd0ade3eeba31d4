/** Steps inside others: their addresses in paths and filters. The tables say what such a run would have. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Page } from '../../src/contract/shared/common.ts';
import { sql } from '../../src/database/sql.ts';
import { isWithin } from '../../src/plan/address.ts';
import { projectRun, startApi, type Api } from './harness.ts';

const STEPS = [
  'plan',
  'build',
  'build[3]/test',
  'build[10]/test',
  'build[10]/lint',
  'build[eu]/retry[2]/check',
  'builder',
];

let api: Api;
beforeAll(async () => {
  api = await startApi(50);
  const { database } = api;
  await projectRun(database, 'nested', { status: 'failed' });
  for (const [position, key] of STEPS.entries()) {
    const output = JSON.stringify({ of: key });
    await database.query(sql`
      insert into workflow_step_executions (run_id, address, key, position, title, kind, level, dependencies, status, output)
      values ('nested', ${key}, ${key}, ${position}, ${key}, 'agent', 0, ${[]}, 'completed', ${output}::jsonb)`);
    await database.query(sql`
      insert into workflow_events (run_id, seq, type, step, data, at, execution_id, event_id)
      values ('nested', ${position + 1}, 'llm_start', ${key}, '{}', now(), 'e', ${position + 1})`);
  }
});

/** The steps that events are shown of. */
async function stepsOf(filter: string): Promise<readonly string[]> {
  const query = new URLSearchParams({ step: filter, limit: '100' });
  const { body } = await api.get<Page<{ step: string }>>(`/runs/nested/events?${query.toString()}`);
  return body.items.map(({ step }) => step);
}

describe('a step inside another', () => {
  it.each(STEPS)('%s is found at its address', async (key) => {
    const path = `/runs/nested/steps/${encodeURIComponent(key)}`;
    await expect(api.get(path)).resolves.toMatchObject({ status: 200, body: { key } });
    await expect(api.get(`${path}/output`)).resolves.toMatchObject({ status: 200, body: { of: key } });
  });

  it('may have its brackets as they are, but not its slash, which would be the path’s', async () => {
    await expect(api.get('/runs/nested/steps/build[3]%2Ftest')).resolves.toMatchObject({ status: 200 });
    await expect(api.get('/runs/nested/steps/build[3]/test')).resolves.toMatchObject({ status: 404 });
  });

  it.each([
    ['build[4]/test', 'Run "nested" has no step "build[4]/test". Did you mean "build[3]/test"?'],
    [
      'build[03]/unit/deep/er',
      'Run "nested" has no step "build[03]/unit/deep/er": the index "03" must be a whole number without leading zeros, or begin with a letter.',
    ],
    ['biuld', 'Run "nested" has no step "biuld". Did you mean "build"?'],
  ])('%s is not there, and the error says what is', async (key, detail) => {
    const problem = { status: 404, body: { code: 'step_not_found', detail } };
    await expect(api.get(`/runs/nested/steps/${encodeURIComponent(key)}`)).resolves.toMatchObject(problem);
    await expect(api.get(`/runs/nested/steps/${encodeURIComponent(key)}/output`)).resolves.toMatchObject(
      problem,
    );
  });
});

describe('filters', () => {
  it.each([
    ['plan', ['plan']],
    ['build', ['build', 'build[3]/test', 'build[10]/test', 'build[10]/lint', 'build[eu]/retry[2]/check']],
    ['build[10]', ['build[10]/test', 'build[10]/lint']],
    ['build[*]/test', ['build[3]/test', 'build[10]/test']],
    ['build/retry/check', ['build[eu]/retry[2]/check']],
    ['build[1]', []],
    ['bui', []],
    ['.*', []],
    ['(', []],
  ])('step=%s', async (filter, expected) => {
    expect(expected).toEqual(STEPS.filter((step) => isWithin(step, filter)));
    await expect(stepsOf(filter)).resolves.toEqual(expected);
  });
});
