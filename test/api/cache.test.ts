/** Recent runs from memory, and the metrics that tell of it. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Run, RunNow } from '../../src/contract/run.ts';
import { sql } from '../../src/database/sql.ts';
import { runId } from '../support/index.ts';
import { projectQuestion, projectRun, projectStep, startApi, type Api } from './harness.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi(50);
});

/** All samples by name and labels. */
async function metrics(of = api): Promise<Map<string, number>> {
  const response = await fetch(`${of.url}/metrics`);
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

/** Reads of runs from memory and from the table so far. */
async function reads(): Promise<{ hit: number; miss: number }> {
  const all = await metrics();
  const of = (result: string) => all.get(`baton_run_cache_reads_total{result="${result}"}`) ?? 0;
  return { hit: of('hit'), miss: of('miss') };
}

const get = async (id: string) => (await api.get<Run>(`/runs/${id}`)).body;

describe('a run that was read before', () => {
  it('comes from memory, open or closed', async () => {
    for (const status of ['running', 'completed']) {
      const id = runId('read');
      await projectRun(api.database, id, { status });
      const before = await reads();
      const answers = [await get(id), await get(id), await get(id)];
      const after = await reads();
      expect({ hit: after.hit - before.hit, miss: after.miss - before.miss }).toEqual({ hit: 2, miss: 1 });
      expect(answers[1]).toEqual(answers[0]);
      expect(answers[2]).toMatchObject({ id, status });
    }
  });

  it('is never staler than its row, whoever has changed it and told nobody', async () => {
    const id = runId('read');
    await projectRun(api.database, id);
    for (let turns = 1; turns <= 20; turns++) {
      await api.database.query(sql`update workflow_runs set turns = ${turns} where id = ${id}`);
      await expect(get(id)).resolves.toMatchObject({ turns });
      await expect(get(id)).resolves.toMatchObject({ turns });
    }
    await api.database.query(sql`delete from workflow_runs where id = ${id}`);
    await expect(api.get(`/runs/${id}`)).resolves.toMatchObject({ status: 404 });
    await projectRun(api.database, id, { status: 'failed' });
    await expect(get(id)).resolves.toMatchObject({ status: 'failed', turns: 0 });
  });

  it('is known not to be imported, so that a command asks nothing more than without that question', async () => {
    const id = runId('read');
    await projectRun(api.database, id);
    await get(id);
    const before = await reads();
    const { body } = await api.post(`/runs/${id}/pause`, {});
    expect(body).toMatchObject({ code: 'run_closed' });
    const after = await reads();
    expect({ hit: after.hit - before.hit, miss: after.miss - before.miss }).toEqual({ hit: 1, miss: 0 });
  });

  it('is of the same moment as what it waits for', async () => {
    const id = runId('read');
    await projectRun(api.database, id, { status: 'running' });
    await projectQuestion(api.database, id, 'q1');
    const torn: object[] = [];
    let isWriting = true;
    const reading = async () => {
      while (isWriting) {
        const { turns, waiting_for: waits } = (await api.get<RunNow>(`/runs/${id}`)).body;
        if ((turns % 2 === 0) !== (waits.length === 1)) torn.push({ turns, waits });
      }
    };
    const readers = [reading(), reading()];
    for (let turns = 1; turns <= 200; turns += 1) {
      const status = turns % 2 === 0 ? 'open' : 'answered';
      await api.database.query(sql`
        with run as (update workflow_runs set turns = ${turns} where id = ${id})
        update workflow_questions set status = ${status} where run_id = ${id}`);
    }
    isWriting = false;
    await Promise.all(readers);
    expect(torn).toEqual([]);
  });

  it('is not there before its row is committed', async () => {
    const id = runId('read');
    await projectRun(api.database, id);
    const client = await api.database.connect();
    try {
      await client.query('begin');
      await client.query(sql`update workflow_runs set turns = 1 where id = ${id}`);
      await expect(get(id)).resolves.toMatchObject({ turns: 0 });
      await client.query('commit');
      await expect(get(id)).resolves.toMatchObject({ turns: 1 });
    } finally {
      client.release();
    }
  });
});

describe('metrics', () => {
  it('tell of statements, and of what the tables hold', async () => {
    const other = await startApi(50);
    const id = runId('counted');
    await projectRun(other.database, id, { status: 'paused' });
    await projectStep(other.database, id, 'a', { status: 'failed' });
    await projectQuestion(other.database, id, 'q1', { kind: 'limit' });
    await other.database.query(sql`
      insert into workflow_step_attempts (run_id, step, epoch, attempt, status, category, scheduled_at)
      values (${id}, 'a', 0, 1, 'failed', 'INFRA_ERROR', now()), (${id}, 'a', 0, 2, 'completed', null, now())`);
    await other.database.query(sql`
      insert into llm_calls (run_id, step, epoch, attempt, turn, segment, status, provider, requested_model, model,
                             input_tokens, output_tokens, cost_estimate, started_at)
      values (${id}, 'a', 0, 1, 1, 1, 'completed', 'openai', 'm', 'm-1', 7, 3, 40, now()),
             (${id}, 'a', 0, 1, 2, 1, 'completed', 'openai', 'm', 'm-1', 1, 1, 2, now()),
             (${id}, 'a', 0, 1, 3, 1, 'lost', 'openai', 'm', null, null, null, null, now())`);
    await other.database.query(sql`analyze workflow_runs`);
    const all = await metrics(other);
    const value = (sample: string) => all.get(sample);
    expect(value('baton_runs{status="paused"}')).toBe(1);
    expect(value('baton_steps{status="failed"}')).toBe(1);
    expect(value('baton_step_attempts{status="failed",category="INFRA_ERROR"}')).toBe(1);
    expect(value('baton_step_attempts{status="completed",category="none"}')).toBe(1);
    expect(value('baton_questions_open{kind="limit"}')).toBe(1);
    expect(value('baton_model_calls{provider="openai",model="m-1"}')).toBe(2);
    expect(value('baton_model_calls_failed{provider="openai",model="m"}')).toBe(1);
    expect(value('baton_model_input_tokens{provider="openai",model="m-1"}')).toBe(8);
    expect(value('baton_model_output_tokens{provider="openai",model="m-1"}')).toBe(4);
    expect(value('baton_model_cost_micros{provider="openai",model="m-1"}')).toBe(42);
    expect(value('baton_model_cost_micros{provider="openai",model="m"}')).toBeUndefined();
    expect(value('baton_model_calls_unpriced{provider="openai",model="m"}')).toBe(1);
    expect(value('baton_table_rows{table="workflow_runs"}')).toBe(1);
    expect(value('baton_table_bytes{table="workflow_runs"}')).toBeGreaterThan(8_000);
    expect(value('baton_api_query_seconds_count{result="ok"}')).toBeGreaterThan(0);
    expect(value('baton_table_figures_failures_total')).toBe(0);
  });
});
