import { defaultPayloadConverter } from '@temporalio/common';
import { beforeAll, describe, expect, it } from 'vitest';
import type { WorkflowVersion } from '../../src/contract/workflow.ts';
import { Run } from '../../src/contract/run.ts';
import { sql } from '../../src/database/sql.ts';
import type { SignalMessage } from '../../src/protocol/signals.ts';
import type { Envelope } from '../../src/protocol/envelope.ts';
import { runId, until } from '../support/index.ts';
import {
  hintsOf,
  projectQuestion,
  projectMessage,
  projectRun,
  projectStep,
  startApi,
  type Api,
} from './harness.ts';

const DEFINITION = `
name: cleanup
version: 1.0.0
title: A cleanup
steps:
  - key: sweep
    agent: code
    prompt: Sweep
  - key: report
    agent: docs
    prompt: Report
    dependencies: [sweep]
`;
const STATE = { phase: 'closed', steps: { sweep: { status: 'failed' } } };

/** Does not wait long for the projector. */
let api: Api;
/** Waits for it as in production. */
let patient: Api;
let hints: Awaited<ReturnType<typeof hintsOf>>;
let version: WorkflowVersion;
beforeAll(async () => {
  [api, patient] = [await startApi(50), await startApi()];
  hints = await hintsOf(patient.database);
  await patient.publish(DEFINITION);
  version = (await api.publish(DEFINITION)).body;
});

interface Closed {
  readonly status?: string;
  readonly hash?: string;
  /** Without its checkpoint: the projector has not come so far. */
  readonly behind?: boolean;
}

/** A run that has ended, in Temporal and in the tables: its first step failed at a limit. */
async function closedRun(at: Api, { status = 'failed', hash = version.hash, behind = false }: Closed = {}) {
  const id = runId('cleanup');
  const handle = await at.temporal.workflow.start('cleanup', {
    workflowId: id,
    taskQueue: at.queue,
    args: [],
  });
  await handle.terminate();
  const executionId = handle.firstExecutionRunId;
  await projectRun(at.database, id, { status, workflow: 'cleanup', executionId });
  const [sweep, report] = status === 'completed' ? ['completed', 'completed'] : ['failed', 'skipped'];
  await projectStep(at.database, id, 'sweep', { status: sweep, sessionId: `ses-${id}` });
  await projectStep(at.database, id, 'report', { status: report, position: 1 });
  if (!behind) await projectCheckpoint(at, id, executionId, hash);
  return { id, executionId, session: `ses-${id}` };
}

async function projectCheckpoint(at: Api, id: string, executionId: string, hash: string): Promise<void> {
  await at.database.query(sql`
    insert into workflow_checkpoints (run_id, epoch, execution_id, event_id, kind, interpreter, workflow, version,
                                      plan_hash, inputs, labels, state, created_at)
    values (${id}, 0, ${executionId}, 17, 'closed', 1, 'cleanup', '1.0.0', ${hash}, '{"depth": 2}', '{"team": "core"}',
            ${JSON.stringify(STATE)}::jsonb, now())`);
}

/** What the newest execution of a run was started with. */
async function startedWith(at: Api, id: string) {
  const { events } = await at.temporal.workflow.getHandle(id).fetchHistory();
  const attributes = events?.[0]?.workflowExecutionStartedEventAttributes;
  const args = (attributes?.input?.payloads ?? []).map((one) => defaultPayloadConverter.fromPayload(one));
  const [inputs, envelope] = args as [unknown, Envelope];
  return { type: attributes?.workflowType?.name, queue: attributes?.taskQueue?.name, inputs, envelope };
}

const execution = async (id: string) => (await api.temporal.workflow.getHandle(id).describe()).runId;

describe('continuing a closed run', () => {
  it('starts the same run again from where it stands, with what was given on top', async () => {
    const { id, executionId, session } = await closedRun(api);
    const answer = await api.post(`/runs/${id}/continue`, {
      session_id: session,
      additional_turns: 20,
      additional_budget: { tokens: 5_000, cost_usd: 1.5, duration: '10m' },
      message: 'Go on where you left off',
      by: 'ada',
    });
    expect(answer.status).toBe(202);
    expect(answer.headers.get('location')).toBe(`/api/v1/runs/${id}`);
    const run = Run.strict().parse(answer.body);
    expect(run).toMatchObject({ id, status: 'pending', epoch: 1 });
    expect(run.execution.run_id).not.toBe(executionId);

    const { type, queue, inputs, envelope } = await startedWith(api, id);
    expect({ type, queue, inputs }).toEqual({ type: 'cleanup', queue: api.queue, inputs: { depth: 2 } });
    expect(envelope).toMatchObject({
      interpreter: 1,
      plan: { hash: version.hash, name: 'cleanup' },
      epoch: 1,
      labels: { team: 'core' },
      startedBy: null,
      carry: STATE,
      base: { executionId, eventId: 17 },
      continue: {
        step: 'sweep',
        limits: { turns: 20, tokens: 5_000, costMicros: 1_500_000, durationMs: 600_000 },
        message: 'Go on where you left off',
        by: 'ada',
      },
    });
    const { rows } = await api.database.query(
      sql`select epoch, action, by from run_epochs where run_id = ${id}`,
    );
    expect(rows).toEqual([{ epoch: 1, action: 'continue', by: 'ada' }]);
  });

  it('needs no body: then every step that stopped half way goes on under the limits it had', async () => {
    const { id } = await closedRun(api);
    await expect(api.post(`/runs/${id}/continue`)).resolves.toMatchObject({ status: 202 });
    const { envelope } = await startedWith(api, id);
    expect(envelope.continue).toEqual({
      step: null,
      limits: { turns: null, tokens: null, costMicros: null, durationMs: null },
      message: null,
      by: null,
    });
  });

  it('goes on with a step that had completed, when it is named', async () => {
    const { id } = await closedRun(api, { status: 'completed' });
    await expect(api.post(`/runs/${id}/continue`, { step: 'report' })).resolves.toMatchObject({
      status: 202,
    });
    expect((await startedWith(api, id)).envelope.continue).toMatchObject({ step: 'report' });
  });

  it('keeps who started the run, so that he cannot come to be somebody else', async () => {
    const { id } = await closedRun(api);
    const metadata = { started_by: 'grace', identity: 'baton-api@host' };
    await api.database.query(
      sql`update workflow_runs set metadata = ${JSON.stringify(metadata)}::jsonb where id = ${id}`,
    );
    await api.post(`/runs/${id}/continue`, { by: 'ada' });
    expect((await startedWith(api, id)).envelope.startedBy).toBe('grace');
  });

  it('answers 200 with the run once the tables show that it goes on', async () => {
    const { id } = await closedRun(patient);
    const answering = patient.post(`/runs/${id}/continue`, {});
    const executionId = await until(async () => {
      const hint = await hints.next(id);
      return hint.execution_id;
    });
    await projectRun(patient.database, id, { status: 'running', executionId });
    await expect(answering).resolves.toMatchObject({
      status: 200,
      body: { status: 'running', execution: { run_id: executionId } },
    });
  });

  it('waits for the projector, which is writing where the run ended', async () => {
    const { id, executionId } = await closedRun(patient, { behind: true });
    const answering = patient.post(`/runs/${id}/continue`, {});
    await hints.next(id);
    await projectCheckpoint(patient, id, executionId, version.hash);
    await projectRun(patient.database, id, { status: 'failed' });
    const goesOn = await until(async () => {
      const { runId: newest } = await patient.temporal.workflow.getHandle(id).describe();
      return newest !== executionId && newest;
    });
    await projectRun(patient.database, id, { status: 'running', executionId: goesOn });
    await expect(answering).resolves.toMatchObject({ status: 200 });
  });
});

describe('the route of a session', () => {
  const path = (workflow: string) => `/workflows/claude-code/run/${workflow}/continue`;

  it('finds the run by its session', async () => {
    const { id, session } = await closedRun(api);
    const body = { session_id: session, additional_turns: 20, message: 'Continue the cleanup' };
    await expect(api.post(path('cleanup'), body)).resolves.toMatchObject({ status: 202, body: { id } });
    expect((await startedWith(api, id)).envelope.continue).toMatchObject({
      step: 'sweep',
      limits: { turns: 20 },
    });
  });

  it('refuses a session of another workflow, and names it', async () => {
    const { id, session } = await closedRun(api);
    const answer = await api.post(path('other'), { session_id: session });
    expect(answer).toMatchObject({ status: 409, body: { code: 'session_of_another_workflow' } });
    expect(answer.body.detail).toContain(`workflow "cleanup" (run "${id}")`);
  });

  it('knows no such session', async () => {
    await expect(api.post(path('cleanup'), { session_id: 'ses-none' })).resolves.toMatchObject({
      status: 404,
      body: { code: 'session_not_found' },
    });
    await expect(api.post(path('cleanup'), {})).resolves.toMatchObject({
      status: 400,
      body: { code: 'invalid_request', errors: [{ path: 'body.session_id' }] },
    });
  });
});

describe('several requests', () => {
  it('at once: one wins, the others are told so', async () => {
    const { id } = await closedRun(api);
    const answers = await Promise.all(Array.from({ length: 5 }, () => api.post(`/runs/${id}/continue`)));
    expect(answers.filter((answer) => answer.status === 202)).toHaveLength(1);
    for (const answer of answers.filter((one) => one.status !== 202)) {
      expect(answer.status).toBe(409);
      expect(['continue_in_progress', 'run_still_working']).toContain(answer.body.code);
    }
  });

  it('under one key are one', async () => {
    const { id } = await closedRun(api);
    const key = { 'idempotency-key': `key-${id}` };
    const body = { additional_turns: 5 };
    const first = await api.post(`/runs/${id}/continue`, body, key);
    expect(first.status).toBe(202);
    const again = await api.post(`/runs/${id}/continue`, body, key);
    expect(again).toMatchObject({ status: 202, body: { execution: first.body.execution } });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    await expect(api.post(`/runs/${id}/continue`, {}, key)).resolves.toMatchObject({
      status: 409,
      body: { code: 'idempotency_key_reused' },
    });
    await expect(api.post(`/runs/${id}/continue`, body)).resolves.toMatchObject({
      status: 409,
      body: { code: 'run_still_working' },
    });

    await api.database.query(
      sql`update workflow_runs set epoch = 1, status = 'completed', execution_id = ${first.body.execution.run_id}
          where id = ${id}`,
    );
    await expect(api.post(`/runs/${id}/continue`, body, key)).resolves.toMatchObject({
      status: 200,
      body: { status: 'completed' },
    });
  });

  it('at once under one key all get the run', async () => {
    const { id } = await closedRun(api);
    const key = { 'idempotency-key': `key-${id}` };
    const answers = await Promise.all(
      Array.from({ length: 3 }, () => api.post(`/runs/${id}/continue`, {}, key)),
    );
    expect(answers.map((answer) => answer.status)).toEqual([202, 202, 202]);
    expect(new Set(answers.map((answer) => answer.body.execution.run_id)).size).toBe(1);
  });

  it('a claim that led to nothing keeps others out for seconds, not for ever, and its own key never', async () => {
    const { id } = await closedRun(api);
    const claim = (age: string) =>
      api.database.query(sql`
        insert into run_epochs (run_id, epoch, action, detail, created_at)
        values (${id}, 1, 'continue', '{}', now() - ${age}::interval)
        on conflict (run_id, epoch) do update set created_at = excluded.created_at`);
    await claim('1 second');
    await expect(api.post(`/runs/${id}/continue`)).resolves.toMatchObject({
      status: 409,
      body: { code: 'continue_in_progress' },
    });
    await claim('1 minute');
    await expect(api.post(`/runs/${id}/continue`)).resolves.toMatchObject({ status: 202 });

    const other = await closedRun(api);
    const key = { 'idempotency-key': `key-${other.id}` };
    await api.post(`/runs/${other.id}/continue`, {}, key);
    await api.temporal.workflow.getHandle(other.id).terminate();
    const died = await execution(other.id);
    // The claim stands, the start never came to be: the tables know the execution that closed as the newest.
    await api.database.query(sql`update workflow_runs set execution_id = ${died} where id = ${other.id}`);
    await projectCheckpoint(api, other.id, died, version.hash);
    await expect(api.post(`/runs/${other.id}/continue`, {}, key)).resolves.toMatchObject({ status: 202 });
    expect(await execution(other.id)).not.toBe(died);
  });
});

describe('an open run', () => {
  const openRun = async (at: Api): Promise<string> => {
    const id = runId('cleanup');
    await at.temporal.workflow.start('cleanup', { workflowId: id, taskQueue: at.queue, args: [] });
    await projectRun(at.database, id, { workflow: 'cleanup' });
    return id;
  };
  const signals = async (id: string): Promise<unknown[]> => {
    const { events } = await api.temporal.workflow.getHandle(id).fetchHistory();
    return (events ?? []).flatMap((event) => {
      const payload = event.workflowExecutionSignaledEventAttributes?.input?.payloads?.[0];
      return payload == null ? [] : [defaultPayloadConverter.fromPayload<unknown>(payload)];
    });
  };

  it('is not continued', async () => {
    const id = await openRun(api);
    const answer = await api.post(`/runs/${id}/continue`, { additional_turns: 5 });
    expect(answer).toMatchObject({ status: 409, body: { code: 'run_still_working' } });
    expect(answer.body.detail).toMatch(/running\. Wait/);
  });

  it('whose agent waits at a limit takes it as the answer', async () => {
    const id = await openRun(api);
    await projectQuestion(api.database, id, 'sweep#1/limit', { kind: 'limit', step: 'sweep' });
    const body = { additional_turns: 5, additional_budget: { cost_usd: 0.5 }, message: 'go on', by: 'ada' };
    await expect(api.post(`/runs/${id}/continue`, body)).resolves.toMatchObject({ status: 202 });
    const answer = { additional_turns: 5, additional_budget: { cost_usd: 0.5 }, message: 'go on' };
    await expect(signals(id)).resolves.toMatchObject([
      { messages: [{ action: 'answer', question: 'sweep#1/limit', answer, by: 'ada' }] },
    ]);
  });

  it('counts a retry under its key once', async () => {
    const id = await openRun(api);
    await projectQuestion(api.database, id, 'sweep#1/limit', { kind: 'limit', step: 'sweep' });
    const key = { 'idempotency-key': `key-${id}` };
    await api.post(`/runs/${id}/continue`, { additional_turns: 5 }, key);
    const [sent] = (await signals(id)) as { messages: (SignalMessage & { id: string })[] }[];
    const says = sent?.messages[0];
    await projectMessage(api.database, id, says?.id ?? '', {
      action: 'answer',
      metadata: { question: 'sweep#1/limit' },
      ...(says !== undefined && { says }),
    });
    await expect(api.post(`/runs/${id}/continue`, { additional_turns: 5 }, key)).resolves.toMatchObject({
      status: 200,
    });
    await expect(signals(id)).resolves.toHaveLength(1);
  });

  it('with several agents at a limit has to be told which', async () => {
    const id = await openRun(api);
    await projectQuestion(api.database, id, 'q1', { kind: 'limit', step: 'sweep' });
    await projectQuestion(api.database, id, 'q2', { kind: 'limit', step: 'report' });
    const answer = await api.post(`/runs/${id}/continue`, { additional_turns: 5 });
    expect(answer).toMatchObject({ status: 409, body: { code: 'run_still_working' } });
    expect(answer.body.detail).toContain('sweep, report');
    await expect(
      api.post(`/runs/${id}/continue`, { step: 'report', additional_turns: 5 }),
    ).resolves.toMatchObject({ status: 202 });
  });
});

describe('a continuation that is refused', () => {
  it.each([
    [{ additional_turns: 0 }, 'body.additional_turns'],
    [{ additional_turns: 1.5 }, 'body.additional_turns'],
    [{ additional_budget: { cost_usd: 0 } }, 'body.additional_budget.cost_usd'],
    [{ additional_budget: { cost_usd: '1' } }, 'body.additional_budget.cost_usd'],
    [{ additional_budget: { tokens: -1 } }, 'body.additional_budget.tokens'],
    [{ additional_budget: { duration: 'soon' } }, 'body.additional_budget.duration'],
    [{ additional_budget: { duration: 0 } }, 'body.additional_budget.duration'],
    [{ additional_budget: { euros: 1 } }, 'body.additional_budget'],
    [{ message: '' }, 'body.message'],
    [{ message: 'nul \0' }, 'body.message'],
    [{ turns: 3 }, 'body'],
  ])('because %j is not in its form', async (body, path) => {
    const answer = await api.post('/runs/any/continue', body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request', errors: [{ path }] } });
  });

  const refusal = async (id: string, body: object = {}) => {
    const answer = await api.post(`/runs/${id}/continue`, body);
    return { status: answer.status, code: answer.body.code, detail: answer.body.detail };
  };

  it('because there is no such run, step or session', async () => {
    const { id } = await closedRun(api);
    await expect(refusal(runId('none'))).resolves.toMatchObject({ status: 404, code: 'run_not_found' });
    await expect(refusal(id, { step: 'none' })).resolves.toMatchObject({
      status: 404,
      code: 'step_not_found',
    });
    const session = await refusal(id, { session_id: 'ses-none' });
    expect(session).toMatchObject({ status: 404, code: 'session_not_found' });
  });

  it('because the session is that of another run or step', async () => {
    const [one, other] = [await closedRun(api), await closedRun(api)];
    const foreign = await refusal(one.id, { session_id: other.session });
    expect(foreign).toMatchObject({ status: 409, code: 'session_of_another_run' });
    expect(foreign.detail).toContain(other.id);
    const contradiction = await refusal(one.id, { session_id: one.session, step: 'report' });
    expect(contradiction).toMatchObject({ status: 400, code: 'invalid_request' });
  });

  it('because there is nothing to go on with', async () => {
    const { id } = await closedRun(api, { status: 'completed' });
    const answer = await refusal(id);
    expect(answer).toMatchObject({ status: 409, code: 'nothing_to_continue' });
    expect(answer.detail).toContain('"step": sweep, report');
    const failed = await closedRun(api);
    await expect(refusal(failed.id, { step: 'report' })).resolves.toMatchObject({
      code: 'nothing_to_continue',
    });
  });

  it('because its plan is gone', async () => {
    const { id } = await closedRun(api, { hash: 'sha256:gone' });
    await expect(refusal(id)).resolves.toMatchObject({ status: 409, code: 'plan_not_found' });
  });

  it('because it is archived', async () => {
    const { id } = await closedRun(api);
    await api.database.query(sql`update workflow_runs set archived_at = now() where id = ${id}`);
    await expect(refusal(id)).resolves.toMatchObject({ status: 409, code: 'run_archived' });
  });

  it('because the tables are behind: without the end, or with one that is not the newest', async () => {
    const { id } = await closedRun(api, { behind: true });
    const answer = await api.post(`/runs/${id}/continue`);
    expect(answer).toMatchObject({ status: 503, body: { code: 'projection_behind' } });
    expect(answer.headers.get('retry-after')).toBe('2');

    const restarted = await closedRun(api);
    const options = { workflowId: restarted.id, taskQueue: api.queue, args: [] };
    const handle = await api.temporal.workflow.start('cleanup', options);
    await expect(refusal(restarted.id)).resolves.toMatchObject({ code: 'run_still_working' });
    await handle.terminate();
    await expect(refusal(restarted.id)).resolves.toMatchObject({ status: 503, code: 'projection_behind' });
  });

  it('leaves nothing behind', async () => {
    const { id, executionId } = await closedRun(api, { status: 'completed' });
    await refusal(id);
    await expect(execution(id)).resolves.toBe(executionId);
    const { rows } = await api.database.query(sql`select 1 from run_epochs where run_id = ${id}`);
    expect(rows).toHaveLength(0);
  });
});
