/** Why steps are where they are, of recorded runs; and the state beside it: plan, questions, thread. */
import { beforeAll, describe, expect, it } from 'vitest';
import { RunStateAt } from '../../src/contract/past/state.ts';
import { StepWhy } from '../../src/contract/past/why.ts';
import type { RunMessage } from '../../src/contract/message.ts';
import type { Page } from '../../src/contract/shared/common.ts';
import { sql } from '../../src/database/sql.ts';
import { rebuildRun } from '../../src/projections/rebuild/rebuild-run.ts';
import { storeHistories } from '../support/stored-histories.ts';
import { startApi, type Api } from './harness.ts';

let api: Api;
let runs: readonly string[];
beforeAll(async () => {
  api = await startApi(50);
  runs = await storeHistories(api.database, 'v3', 60_000);
  for (const id of runs) await rebuildRun(api.database, id);
});

async function runOf(workflow: string): Promise<string> {
  const { rows } = await api.database.query<{ id: string }>(
    sql`select id from workflow_runs where workflow = ${workflow}`,
  );
  return rows[0]?.id ?? '';
}
async function stateAt(id: string, at?: number): Promise<RunStateAt> {
  const { body } = await api.get(`/runs/${id}/state${at === undefined ? '' : `?at=${at}`}`);
  return RunStateAt.strict().parse(body);
}
async function whyOf(id: string, step: string, at?: number): Promise<StepWhy> {
  const { body } = await api.get(`/runs/${id}/steps/${step}/why${at === undefined ? '' : `?at=${at}`}`);
  return StepWhy.strict().parse(body);
}

describe('why', () => {
  it('is told of every step of every run, and nothing that has ended waits', async () => {
    for (const id of runs) {
      const { steps, status } = await stateAt(id);
      for (const { key, status: stands } of steps.slice(0, 2)) {
        const why = await whyOf(id, key);
        expect(why).toMatchObject({ run_id: id, step: key, status: stands });
        expect(status === 'running' || why.waits_for.length === 0).toBe(true);
        expect(why.decisions.map(({ seq }) => seq)).toEqual(
          why.decisions.map(({ seq }) => seq).toSorted((one, other) => one - other),
        );
      }
    }
  });

  it('of a failure tells the rule that another try followed by', async () => {
    const id = await runOf('http-retry');
    const { steps } = await stateAt(id);
    const retried = (await Promise.all(steps.map(({ key }) => whyOf(id, key))))
      .flatMap(({ decisions }) => decisions)
      .find(({ decision }) => decision === 'retried');
    expect(retried).toMatchObject({
      attempt: 1,
      retry: {
        again: true,
        rule: 'retry',
        tries: 1,
        because: null,
        error: { type: 'http_status', attempt: 1 },
      },
    });
    expect(retried?.retry?.delay_ms).toBeGreaterThan(0);
  });

  it('of an edited run tells steps that came later only from then on', async () => {
    const id = await runOf('inserted');
    const { plan, steps } = await stateAt(id);
    const early = await stateAt(id, 2);
    expect(early.plan.revision).toBe(0);
    expect(early.plan.hash).not.toBe(plan.hash);
    const added = steps.find(({ key }) => !early.steps.some((one) => one.key === key))?.key ?? '';
    expect((await whyOf(id, added)).decisions.map(({ decision }) => decision)).toContain('added');
    await expect(api.get(`/runs/${id}/steps/${added}/why?at=2`)).resolves.toMatchObject({
      status: 404,
      body: { code: 'step_not_found', detail: expect.stringContaining('came later') },
    });
  });

  it('is refused where there is no such step, event or run', async () => {
    const id = runs[0] ?? '';
    const { seq, steps } = await stateAt(id);
    const key = steps[0]?.key ?? '';
    const refused = async (path: string) => (await api.get<{ code?: string }>(path)).body.code;
    expect(await refused(`/runs/${id}/steps/nothing/why`)).toBe('step_not_found');
    expect(await refused(`/runs/${id}/steps/${key}/why?at=${seq + 1}`)).toBe('event_not_found');
    expect(await refused(`/runs/${id}/steps/${key}/why?at=0`)).toBe('invalid_request');
    expect(await refused(`/runs/none/steps/${key}/why`)).toBe('run_not_found');
  });
});

describe('the state', () => {
  it('has the thread as it was, each message with what had become of it', async () => {
    const { rows } = await api.database.query<{ id: string }>(
      sql`select run_id as id from workflow_questions where step = 'gate'`,
    );
    const id = rows[0]?.id ?? '';
    const now = await stateAt(id);
    const { body } = await api.get<Page<RunMessage>>(`/runs/${id}/messages?limit=1000`);
    expect(now.thread).toEqual(body.items);
    expect(now.thread_length).toBe(body.items.length);
    const { body: asked } = await api.get<Page<{ seq: number; step: string }>>(
      `/runs/${id}/events?type=question&limit=1`,
    );
    const { seq = 0, step } = asked.items[0] ?? {};
    const early = await stateAt(id, seq);
    expect(early.thread_length).toBeLessThan(now.thread_length);
    expect(early.open_questions).toMatchObject([{ step, answers: 0, needed: 1 }]);
  });
});
