/** How the last runs of workflows went, from real rows. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Page } from '../../src/contract/shared/common.ts';
import type { WorkflowStatistics } from '../../src/contract/statistics.ts';
import type { ListedWorkflow } from '../../src/contract/workflow.ts';
import { sql } from '../../src/database/sql.ts';
import { startApi, type Api } from './harness.ts';

let api: Api;
let minute = 0;

const definition = (name: string, version: string) => `
name: ${name}
version: ${version}
steps:
  - key: fetch
    http: { url: https://example.com }
  - key: judge
    agent: review
    prompt: Judge {{fetch.result}}
    dependencies: [fetch]
`;

interface RunParts {
  readonly id: string;
  readonly workflow?: string;
  readonly version?: string;
  readonly status?: string;
  readonly active?: number;
  readonly cost?: number | null;
}

/** Each a minute after the one before. */
async function addRun({
  id,
  workflow = 'judged',
  version = '1.0.0',
  status = 'completed',
  ...run
}: RunParts) {
  const at = new Date(Date.UTC(2026, 10, 28, 10, minute++));
  const { active = 10, cost = 100 } = run;
  await api.database.query(sql`
    insert into workflow_runs (id, workflow, version, status, execution_id, created_at, updated_at, started_at,
                               duration_seconds, active_seconds, cost_estimate, total_tokens)
    values (${id}, ${workflow}, ${version}, ${status}, ${id}, ${at}, ${at}, ${at}, ${active * 2}, ${active}, ${cost}, 50)`);
}

interface StepParts {
  readonly run: string;
  readonly key: string;
  readonly address?: string;
  readonly status?: string;
  readonly attempt?: number;
  readonly seconds?: number;
  readonly cost?: number | null;
}

async function addStep({ run, key, status = 'completed', ...step }: StepParts) {
  const { address = key, attempt = 1, seconds = 4, cost = 0 } = step;
  const begun = status === 'skipped' ? null : new Date('2026-11-28T10:00:00Z');
  const ended = begun === null ? null : new Date(begun.getTime() + seconds * 1_000);
  await api.database.query(sql`
    insert into workflow_step_executions (run_id, address, key, position, title, kind, level, dependencies, status, attempt,
                                          started_at, completed_at, cost_estimate, total_tokens)
    values (${run}, ${address}, ${key}, ${key === 'fetch' ? 0 : 1}, ${key}, 'agent', 0, '{}', ${status}, ${attempt},
            ${begun}, ${ended}, ${cost}, 7)`);
}

beforeAll(async () => {
  api = await startApi();
  for (const name of ['judged', 'quiet']) await api.publish(definition(name, '1.0.0'));
  await addRun({ id: 'one', active: 10, cost: 100 });
  await addRun({ id: 'two', active: 20, cost: null });
  await addRun({ id: 'three', status: 'failed', active: 1 });
  await addRun({ id: 'four', status: 'cancelled' });
  await addRun({ id: 'open', status: 'running' });
  await addRun({ id: 'elsewhere', workflow: 'another' });
  for (const run of ['one', 'two', 'three'])
    await addStep({ run, key: 'fetch', attempt: run === 'two' ? 3 : 1 });
  await addStep({ run: 'one', key: 'judge', seconds: 6, cost: 100 });
  await addStep({ run: 'two', key: 'judge', seconds: 10, cost: null });
  await addStep({ run: 'three', key: 'judge', status: 'failed', cost: 40 });
  await addStep({ run: 'four', key: 'judge', status: 'skipped' });
  await addStep({ run: 'four', key: 'gone', status: 'superseded' });
});

const statisticsOf = async (query = '') =>
  (await api.get<WorkflowStatistics>(`/workflows/judged/statistics${query}`)).body;

describe('statistics of a workflow', () => {
  it('tell how its last runs ended, how long they worked and what they cost', async () => {
    expect(await statisticsOf()).toMatchObject({
      workflow: 'judged',
      version: null,
      runs: 4,
      completed: 2,
      failed: 1,
      cancelled: 1,
      open_runs: 1,
      success_rate: 2 / 3,
      active_seconds: { p50: 15, p95: 19.5 },
      duration_seconds: { p50: 30, p95: 39 },
      cost: { p50: 100, sum: 300, unpriced: 1 },
      total_tokens: 200,
      last_run_at: '2026-11-28T10:04:00.000Z',
    });
  });

  it('show the runs that were counted, oldest first', async () => {
    const { points } = await statisticsOf('?last=2');
    expect(points).toEqual([
      {
        id: 'three',
        version: '1.0.0',
        status: 'failed',
        duration_seconds: 2,
        active_seconds: 1,
        cost_estimate: 100,
        created_at: '2026-11-28T10:02:00.000Z',
      },
      expect.objectContaining({ id: 'four', status: 'cancelled' }),
    ]);
  });

  it('tell of each step, in the order of the plan, without what was superseded', async () => {
    const { steps } = await statisticsOf();
    expect(steps.map(({ key }) => key)).toEqual(['fetch', 'judge']);
    expect(steps[0]).toMatchObject({ started: 3, completed: 3, failure_rate: 0, retry_rate: 1 / 3 });
    expect(steps[1]).toMatchObject({
      started: 3,
      completed: 2,
      failed: 1,
      skipped: 1,
      failure_rate: 1 / 3,
      retry_rate: 0,
      seconds: { p50: 8, p95: 9.8 },
      cost: { p50: 70, sum: 140, unpriced: 1 },
      total_tokens: 28,
    });
  });

  it('count the items of a step under its key', async () => {
    await api.publish(definition('many', '1.0.0'));
    await addRun({ id: 'items', workflow: 'many' });
    for (const at of [0, 1, 2])
      await addStep({ run: 'items', key: 'judge', address: `judge[${at}]`, seconds: at + 1 });
    const { body } = await api.get<WorkflowStatistics>('/workflows/many/statistics');
    expect(body.steps).toMatchObject([{ key: 'judge', started: 3, seconds: { p50: 2 } }]);
  });

  it('can be of one version alone', async () => {
    await api.publish(definition('judged', '2.0.0').replace('Judge', 'Judge well'));
    await addRun({ id: 'five', version: '2.0.0', status: 'failed' });
    expect(await statisticsOf('?version=2.0.0')).toMatchObject({
      version: '2.0.0',
      runs: 1,
      success_rate: 0,
    });
    expect(await statisticsOf('?version=1.0.0')).toMatchObject({ runs: 4, open_runs: 1 });
    expect(await statisticsOf('?version=1.0.0&last=1')).toMatchObject({ runs: 1 });
  });

  it('are not those of what does not exist', async () => {
    const missing = async (path: string) => (await api.get(path)).body.code;
    expect(await missing('/workflows/nothing/statistics')).toBe('workflow_not_found');
    expect(await missing('/workflows/judged/statistics?version=9')).toBe('version_not_found');
    expect(await missing('/workflows/judged/statistics?last=0')).toBe('invalid_request');
  });
});

describe('the list of workflows', () => {
  it('has the figures of all of a page where they are wanted, and only then', async () => {
    const { items } = (await api.get<Page<ListedWorkflow>>('/workflows?statistics=true')).body;
    const of = (wanted: string) => items.find(({ name }) => name === wanted)?.statistics;
    expect(of('judged')).toMatchObject({ runs: 5, open_runs: 1, completed: 2 });
    expect(of('judged')?.points).toHaveLength(5);
    expect(of('quiet')).toMatchObject({ runs: 0, success_rate: null, last_run_at: null, points: [] });
    const found = (await api.get<Page<ListedWorkflow>>('/workflows?search=JUDG')).body.items;
    expect(found.map(({ name }) => name)).toEqual(['judged']);
    const plain = (await api.get<Page<ListedWorkflow>>('/workflows')).body.items;
    expect(plain.every((item) => !('statistics' in item))).toBe(true);
  });
});
