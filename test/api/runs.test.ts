import { defaultPayloadConverter } from '@temporalio/common';
import { beforeAll, describe, expect, it } from 'vitest';
import { storeBlob } from '../../src/database/blobs.ts';
import { sql } from '../../src/database/sql.ts';
import { Run, RunNow } from '../../src/contract/run.ts';
import { Step } from '../../src/contract/step.ts';
import type { WorkflowVersion } from '../../src/contract/workflow.ts';
import type { BlobRef } from '../../src/plan/blob-ref.ts';
import { runId } from '../support/index.ts';
import type { Page } from '../../src/contract/shared/common.ts';
import { hintsOf, projectRun, startApi, type Answer, type Api } from './harness.ts';
import { INTERPRETER_VERSION } from '../../src/protocol/envelope.ts';

const DEFINITION = `
name: review
version: 1.0.0
title: A review
labels: { team: core }
inputs:
  diff: { type: string, required: true }
  depth: { type: integer, default: 1 }
  mode: { type: string, default: full }
steps:
  - key: parse
    agent: backend
    prompt: "Look at {{inputs.diff}} {{inputs.depth}}"
    when: inputs.mode != "none"
`;

let api: Api;
/** Waits for the projector as in production. */
let patient: Api;
let hints: Awaited<ReturnType<typeof hintsOf>>;
beforeAll(async () => {
  [api, patient] = [await startApi(50), await startApi()];
  hints = await hintsOf(patient.database);
  await Promise.all([api, patient].map((one) => one.publish(DEFINITION)));
});

/** What the workflow was started with, as Temporal has it. */
async function startedWith(id: string) {
  const { events } = await api.temporal.workflow.getHandle(id).fetchHistory();
  const attributes = events?.[0]?.workflowExecutionStartedEventAttributes;
  const args = (attributes?.input?.payloads ?? []).map((payload) =>
    defaultPayloadConverter.fromPayload(payload),
  );
  return { type: attributes?.workflowType?.name, queue: attributes?.taskQueue?.name, args };
}

const executions = async (id: string) => {
  const found = [];
  for await (const one of api.temporal.workflow.list({ query: `WorkflowId = "${id}"` })) found.push(one);
  return found.length;
};

describe('a start', () => {
  it('starts the workflow of that name with inputs and envelope, and answers a run with every field', async () => {
    const id = runId('review');
    const answer = await api.post('/runs', {
      workflow: 'review',
      inputs: { diff: '+1' },
      labels: { pr: '7' },
      id,
      by: 'ada',
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`/api/v1/runs/${id}`);
    expect(Run.strict().parse(answer.body)).toMatchObject({
      id,
      workflow: 'review',
      version: '1.0.0',
      status: 'pending',
      inputs: { diff: '+1' },
      labels: { team: 'core', pr: '7' },
    });
    const { type, queue, args } = await startedWith(id);
    expect({ type, queue }).toEqual({ type: 'review', queue: api.queue });
    expect(args).toMatchObject([
      { diff: '+1' },
      {
        interpreter: INTERPRETER_VERSION,
        epoch: 0,
        plan: { name: 'review', version: '1.0.0' },
        labels: { team: 'core', pr: '7' },
        startedBy: 'ada',
      },
    ]);
    const described = await api.temporal.workflow.getHandle(id).describe();
    expect(described.memo).toEqual({ version: '1.0.0', labels: { team: 'core', pr: '7' } });
    expect(await described.staticSummary()).toBe('A review');
    expect(answer.body.execution).toEqual({ workflow_id: id, run_id: described.runId });
  });

  it('answers the projected row when it comes in time', async () => {
    const id = runId('review');
    const answering = patient.post('/runs', { workflow: 'review', inputs: { diff: '+1' }, id });
    const { execution_id: executionId } = await hints.next(id);
    await projectRun(patient.database, id, { executionId });
    const answer = await answering;
    expect(answer).toMatchObject({ status: 201, body: { id, status: 'running' } });
    const got = await patient.get(`/runs/${id}`);
    expect(RunNow.strict().parse(got.body)).toEqual({
      ...answer.body,
      waiting_for: [],
      progress: { total: 0, settled: 0, active: 0, current: [] },
      forks: [],
    });
  });

  it('makes up an id from the name', async () => {
    const { body } = await api.post('/runs', { workflow: 'review@1.0.0', inputs: { diff: '' } });
    expect(body.id).toMatch(/^review-[0-9a-z]{10}$/);
  });

  it('finds a version by number, by hash, and says when the two ways contradict each other', async () => {
    const { body: version } = await api.get<WorkflowVersion>('/workflows/review/versions/1.0.0');
    const inputs = { diff: '' };
    for (const body of [{ workflow: 'review', version: '1.0.0' }, { workflow: `review@${version.hash}` }]) {
      await expect(api.post('/runs', { ...body, inputs })).resolves.toMatchObject({ status: 201 });
    }
    const refusals: [object, number, string][] = [
      [{ workflow: 'reviews' }, 404, 'workflow_not_found'],
      [{ workflow: 'review@2.0.0' }, 404, 'version_not_found'],
      [{ workflow: 'review', version: 'sha256:beef' }, 404, 'version_not_found'],
      [{ workflow: 'review@1.0.0', version: '2.0.0' }, 400, 'invalid_request'],
    ];
    for (const [body, status, code] of refusals) {
      await expect(api.post('/runs', { ...body, inputs })).resolves.toMatchObject({ status, body: { code } });
    }
  });

  it('lists everything that is wrong with the inputs', async () => {
    const wrong = await api.post('/runs', { workflow: 'review', inputs: { depth: 'deep', dif: 'x' } });
    expect(wrong.status).toBe(422);
    expect(wrong.body).toMatchObject({
      code: 'inputs_invalid',
      errors: [
        { path: 'inputs.diff', code: 'input_missing' },
        { path: 'inputs.depth', code: 'input_type' },
        { path: 'inputs.dif', code: 'input_unknown', hint: 'Did you mean "diff"?' },
      ],
    });
    for (const inputs of [[], 'text', 3, true]) {
      await expect(api.post('/runs', { workflow: 'review', inputs })).resolves.toMatchObject({
        status: 422,
        body: { errors: [{ code: 'inputs_not_object' }] },
      });
    }
  });

  it('does not lose or obey an input called __proto__', async () => {
    const body = '{"workflow": "review", "inputs": {"diff": "x", "__proto__": {"depth": 9}}}';
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${api.url}/api/v1/runs`, { method: 'POST', headers, body });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      errors: [{ path: 'inputs.__proto__', code: 'input_unknown' }],
    });
  });

  it('does not fall over odd texts', async () => {
    const inputs = { diff: 'NUL \0, half a pair \ud800, and \u2028' };
    const id = runId('odd');
    await expect(api.post('/runs', { workflow: 'review', inputs, id })).resolves.toMatchObject({
      status: 201,
    });
    expect((await startedWith(id)).args[0]).toEqual(inputs);
    const refused = await api.post('/runs', {
      workflow: 'review',
      inputs,
      labels: { a: '\0' },
      by: '\ud800',
    });
    expect(refused).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'body.labels.a' }, { path: 'body.by' }] },
    });
    const titled = `name: titled\ntitle: ${'名'.repeat(400)}\nsteps: [{ key: a, wait: 1s }]\n`;
    await expect(api.publish(titled)).resolves.toMatchObject({ status: 201 });
    await expect(api.post('/runs', { workflow: 'titled' })).resolves.toMatchObject({ status: 201 });
  });

  it('refuses an id that is taken, before and after the run has a row', async () => {
    const body = { workflow: 'review', inputs: { diff: '' }, id: runId('taken') };
    await expect(api.post('/runs', body)).resolves.toMatchObject({ status: 201 });
    await expect(api.post('/runs', body)).resolves.toMatchObject({
      status: 409,
      body: { code: 'run_exists' },
    });
    await projectRun(api.database, body.id);
    await expect(api.post('/runs', body)).resolves.toMatchObject({
      status: 409,
      body: { code: 'run_exists' },
    });
  });
});

describe('an Idempotency-Key', () => {
  const body = { workflow: 'review', inputs: { diff: '+1', depth: 2 } };
  const start = (key: string, sent: object = body) => api.post('/runs', sent, { 'idempotency-key': key });

  it('answers the same run for the same body, whatever the order of its members', async () => {
    const key = runId('key');
    const first = await start(key);
    expect(first).toMatchObject({ status: 201 });
    const second = await start(key, { inputs: { depth: 2, diff: '+1' }, workflow: 'review' });
    expect(second.status).toBe(200);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(second.body.id).toBe(first.body.id);
    expect(second.body['execution']).toEqual(first.body['execution']);
    await projectRun(api.database, first.body.id, { status: 'completed' });
    const third = await start(key);
    expect(third).toMatchObject({ status: 200, body: { id: first.body.id, status: 'completed' } });
  });

  it('is refused with another body', async () => {
    const key = runId('key');
    await start(key);
    const other = await start(key, { ...body, labels: { a: 'b' } });
    expect(other).toMatchObject({ status: 409, body: { code: 'idempotency_key_reused' } });
  });

  it('starts one run for many at once', async () => {
    const key = runId('key');
    const answers = await Promise.all(Array.from({ length: 8 }, () => start(key)));
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(7);
    expect(await executions(answers[0]?.body.id ?? '')).toBeLessThanOrEqual(1);
  });

  it('finds the run of an API that died before or after it called Temporal', async () => {
    const [before, after] = [runId('key'), runId('key')];
    const first = await start(before);
    const { rows } = await api.database.query<{ body_hash: string }>(
      sql`select body_hash from idempotency_keys where key = ${before}`,
    );
    const chosen = runId('review');
    await api.database.query(
      sql`insert into idempotency_keys (key, body_hash, run_id) values (${after}, ${rows[0]?.body_hash}, ${chosen})`,
    );
    await expect(start(after)).resolves.toMatchObject({ status: 201, body: { id: chosen } });
    await expect(start(before)).resolves.toMatchObject({ status: 200, body: { id: first.body.id } });
  });

  it('does not take another run for its own', async () => {
    const id = runId('foreign');
    await api.post('/runs', { ...body, id });
    const key = runId('key');
    await expect(start(key, { ...body, id })).resolves.toMatchObject({
      status: 409,
      body: { code: 'run_exists' },
    });
    await expect(start(key, { ...body, id: runId('own') })).resolves.toMatchObject({ status: 201 });
  });

  it('has 1 to 255 characters', async () => {
    await expect(start('k'.repeat(255))).resolves.toMatchObject({ status: 201 });
    await expect(start('k'.repeat(256))).resolves.toMatchObject({ status: 400 });
  });
});

describe('large inputs', () => {
  const large = 'é'.repeat(20 * 1024);

  it('travel by reference and stay readable', async () => {
    const id = runId('large');
    const answer = await api.post('/runs', { workflow: 'review', inputs: { diff: large }, id });
    const reference = (answer.body.inputs as unknown as { diff: BlobRef }).diff;
    expect(reference).toEqual({
      $blob: expect.stringMatching(/^[0-9a-f]{64}$/),
      bytes: 2 * large.length + 2,
    });
    expect((await startedWith(id)).args[0]).toEqual({ diff: reference });
    const stored = await fetch(`${api.url}/api/v1/blobs/${reference.$blob}`);
    expect(await stored.json()).toBe(large);
    await expect(
      api.post('/runs', { workflow: 'review', inputs: { diff: reference } }),
    ).resolves.toMatchObject({ status: 201, body: { inputs: { diff: reference } } });
  });

  it('stay in the start when a condition reads them, up to 256 KB', async () => {
    const id = runId('large');
    await api.post('/runs', { workflow: 'review', inputs: { diff: '', mode: large }, id });
    expect((await startedWith(id)).args[0]).toEqual({ diff: '', mode: large });
    const inputs = { diff: '', mode: 'x'.repeat(257 * 1024) };
    const refused = await api.post('/runs', { workflow: 'review', inputs });
    expect(refused).toMatchObject({ status: 413, body: { code: 'inputs_too_large' } });
    expect(refused.body.detail).toContain('mode');
  });

  it('may not refer to what is not stored', async () => {
    const inputs = { diff: { $blob: '0'.repeat(64), bytes: 3 } };
    await expect(api.post('/runs', { workflow: 'review', inputs })).resolves.toMatchObject({
      status: 422,
      body: { errors: [{ path: 'inputs.diff', code: 'input_blob_unknown' }] },
    });
  });
});

describe('the list of runs', () => {
  const ids = Array.from({ length: 7 }, (_, n) => `listed-${n}`);
  beforeAll(async () => {
    for (const [n, id] of ids.entries()) {
      // Three share one microsecond, so the id has to decide.
      const createdAt = `2026-01-01T00:00:00.00000${n < 3 ? 0 : n}Z`;
      const labels = { parity: n % 2 === 0 ? 'even' : 'odd', 'a:b': 'c:d' };
      await projectRun(api.database, id, {
        workflow: 'listed',
        status: n < 4 ? 'completed' : 'failed',
        labels,
        createdAt,
      });
    }
  });
  const listed = async (query: string) => {
    const { body, status } = await api.get<Page<Run>>(`/runs?workflow=listed&${query}`);
    expect(status, JSON.stringify(body)).toBe(200);
    return body.items.map((run) => run.id);
  };

  it('comes newest first and whole, however it is paged', async () => {
    const newestFirst = ['listed-6', 'listed-5', 'listed-4', 'listed-3', 'listed-2', 'listed-1', 'listed-0'];
    for (const limit of [1, 2, 3, 6, 7, 50]) {
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const { body }: Answer<Page<Run>> = await api.get(
          `/runs?workflow=listed&limit=${limit}${cursor && `&cursor=${cursor}`}`,
        );
        for (const run of body.items) seen.push(RunNow.strict().parse(run).id);
        cursor = body.next_cursor;
      }
      expect(seen, `limit ${limit}`).toEqual(newestFirst);
    }
  });

  it('is filtered by status, label and time', async () => {
    await expect(listed('status=failed')).resolves.toEqual(['listed-6', 'listed-5', 'listed-4']);
    await expect(listed('status=failed,completed&limit=2')).resolves.toEqual(['listed-6', 'listed-5']);
    await expect(listed('label=parity:odd')).resolves.toEqual(['listed-5', 'listed-3', 'listed-1']);
    await expect(listed('label=parity:odd&label=parity:even')).resolves.toEqual([]);
    await expect(listed('created_after=2026-01-01T00:00:00.001Z')).resolves.toEqual([]);
    await expect(listed('created_before=2026-01-01T00:00:00Z')).resolves.toEqual([]);
    await expect(listed('created_before=2026-01-02&created_after=2025-12-31')).resolves.toHaveLength(7);
  });

  it('refuses a cursor that was tampered with', async () => {
    const { body } = await api.get<Page<Run>>('/runs?workflow=listed&limit=2');
    const cursor = body.next_cursor ?? '';
    const text = Buffer.from(cursor, 'base64url').toString().replace('listed', 'lasted');
    for (const wrong of [
      Buffer.from(text).toString('base64url'),
      cursor.slice(2),
      `${cursor}x`,
      "'; drop table",
    ]) {
      const answer = await api.get(`/runs?cursor=${encodeURIComponent(wrong)}`);
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } });
    }
  });
});

describe('a run', () => {
  it('is unknown when neither the tables nor Temporal know it, or another queue has it', async () => {
    await api.temporal.workflow.start('other', {
      workflowId: 'other-queue',
      taskQueue: `${api.queue}-other`,
      args: [],
    });
    for (const id of ['nobody', 'other-queue', '%20', 'a%2Fb', '名前']) {
      for (const path of ['', '/steps', '/steps/x', '/steps/x/output', '/output', '/events', '/messages']) {
        const answer = await api.get(`/runs/${id}${path}`);
        expect(answer, `${id}${path}`).toMatchObject({ status: 404, body: { code: 'run_not_found' } });
      }
    }
  });

  it('may have been started by somebody of whom nothing is known', async () => {
    const id = runId('review');
    await projectRun(api.database, id);
    const metadata = { started_by: null, identity: null, source: 'operator' };
    await api.database.query(
      sql`update workflow_runs set metadata = ${JSON.stringify(metadata)}::jsonb where id = ${id}`,
    );
    // What OpenAPI does not know fails here.
    const { body } = await api.get<Run>(`/runs/${id}`);
    expect(body.metadata).toEqual(metadata);
  });

  it('exists from its start on, before it has a row', async () => {
    const { body } = await api.post('/runs', { workflow: 'review', inputs: { diff: '' } });
    await expect(api.get(`/runs/${body.id}`)).resolves.toMatchObject({
      status: 200,
      body: { status: 'pending' },
    });
    for (const list of ['steps', 'events', 'messages']) {
      await expect(api.get(`/runs/${body.id}/${list}`)).resolves.toMatchObject({
        status: 200,
        body: { items: [], next_cursor: null },
      });
    }
  });
});

describe('the steps of a run', () => {
  const big = JSON.stringify('名'.repeat(2 * 1024 * 1024));
  beforeAll(async () => {
    const { database } = api;
    await projectRun(database, 'stepped', { status: 'completed' });
    const reference = JSON.stringify(await storeBlob(database, big));
    const steps = [
      { key: 'a', status: 'completed', output: '{"n": 1}' },
      { key: 'b', status: 'completed', output: reference },
      { key: 'c', status: 'running', output: null },
      { key: 'd', status: 'completed', output: 'null' },
    ];
    for (const [position, { key, status, output }] of steps.entries()) {
      await database.query(sql`
        insert into workflow_step_executions (run_id, address, key, position, title, kind, level, dependencies, status, output)
        values ('stepped', ${key}, ${key}, ${position}, ${key}, 'agent', 0, ${[]}, ${status}, ${output}::jsonb)`);
    }
    for (const attempt of [2, 1]) {
      await database.query(sql`
        insert into workflow_step_attempts (run_id, step, epoch, attempt, status, scheduled_at)
        values ('stepped', 'a', 0, ${attempt}, 'completed', '2026-11-21T10:00:00.5+02')`);
    }
    for (const [key, at] of [
      ['a', '10:00'],
      ['c', '09:00'],
      ['c', '10:00'],
    ] as const) {
      await database.query(sql`
        insert into workflow_processes (run_id, step, activity_id, state, attempt, queue, waiting_for, observed_at)
        values ('stepped', ${key}, ${key + at}, 'waiting', 1, 'gpu', ${`a worker since ${at}`}, ${`2026-11-21T${at}:00Z`})`);
    }
    await database.query(sql`update workflow_runs set output = ${reference}::jsonb where id = 'stepped'`);
  });

  it('come in order, each with attempts and what it waits for', async () => {
    const { body } = await api.get<Page<Step>>('/runs/stepped/steps');
    const steps = body.items.map((step) => Step.strict().parse(step));
    expect(steps.map((step) => step.key)).toEqual(['a', 'b', 'c', 'd']);
    expect(steps[0]?.attempts).toMatchObject([
      { attempt: 1, scheduled_at: '2026-11-21T08:00:00.500Z' },
      { attempt: 2, completed_at: null },
    ]);
    expect(steps[0]).toMatchObject({ process: null, waiting_for: null, output: { n: 1 } });
    expect(steps[2]).toMatchObject({
      waiting_for: 'a worker since 10:00',
      process: { queue: 'gpu', state: 'waiting' },
    });
    await expect(api.get('/runs/stepped/steps/c')).resolves.toMatchObject({ body: steps[2] });
    await expect(api.get('/runs/stepped/steps/x')).resolves.toMatchObject({
      body: { code: 'step_not_found' },
    });
  });

  it('come page by page when asked for', async () => {
    const first = await api.get<Page<Step>>('/runs/stepped/steps?limit=3');
    expect(first.body.items).toHaveLength(3);
    const rest = await api.get(`/runs/stepped/steps?limit=3&cursor=${first.body.next_cursor}`);
    expect(rest.body).toMatchObject({ items: [{ key: 'd' }], next_cursor: null });
  });

  it('give their outputs whole: small, 6 MB by reference, and null', async () => {
    const output = async (path: string) => (await fetch(`${api.url}/api/v1/runs/stepped${path}`)).text();
    await expect(output('/steps/a/output')).resolves.toBe('{"n":1}');
    await expect(output('/steps/d/output')).resolves.toBe('null');
    for (const path of ['/steps/b/output', '/output']) {
      expect((await output(path)) === big, path).toBe(true);
    }
    await expect(api.get('/runs/stepped/steps/c/output')).resolves.toMatchObject({
      status: 404,
      body: { code: 'output_not_found' },
    });
    await expect(api.get(`/blobs/${'0'.repeat(64)}`)).resolves.toMatchObject({
      body: { code: 'blob_not_found' },
    });
  });
});

describe('figures', () => {
  interface Stats {
    readonly workflow: string;
  }

  it('say working time apart from time, and of how many runs the price is unknown', async () => {
    const row = (id: string, worked: number | null, cost: number | null, more = '') => sql`
      insert into workflow_runs (id, workflow, status, execution_id, created_at, updated_at, started_at, completed_at,
                                 duration_seconds, active_seconds, cost_estimate)
      values (${runId(id)}, ${`priced${more}`}, 'completed', 'e', now(), now(), now(), now(), 100, ${worked}, ${cost})`;
    await api.database.query(row('a', 10, 5));
    await api.database.query(row('b', 20, 7));
    await api.database.query(row('c', null, null));
    await api.database.query(row('d', 1, null, '-never'));
    const { items } = (await api.get<Page<Stats>>('/stats')).body;
    expect(items.find(({ workflow }) => workflow === 'priced')).toMatchObject({
      average_seconds: 15,
      median_seconds: 15,
      average_duration_seconds: 100,
      cost_estimate: 12,
      unpriced_runs: 1,
    });
    expect(items.find(({ workflow }) => workflow === 'priced-never')).toMatchObject({
      cost_estimate: null,
      unpriced_runs: 1,
    });
  });

  it('move while something of a run is dispatched, in run and list', async () => {
    const id = runId('moving');
    await projectRun(api.database, id, { workflow: 'moving' });
    await api.database.query(sql`
      update workflow_runs set active_seconds = 5, active_since = now() - interval '10 seconds' where id = ${id}`);
    const run = (await api.get<{ active_seconds: number }>(`/runs/${id}`)).body;
    expect(run.active_seconds).toBeGreaterThanOrEqual(15);
    const again = (await api.get<{ active_seconds: number }>(`/runs/${id}`)).body;
    expect(again.active_seconds).toBeGreaterThan(run.active_seconds);
    const [listed] = (await api.get<Page<{ active_seconds: number }>>('/runs?workflow=moving')).body.items;
    expect(listed?.active_seconds).toBeGreaterThan(15);
    const { rows } = await api.database.query<{ active_seconds: number }>(
      sql`select active_seconds from v_active_executions where id = ${id}`,
    );
    expect(rows[0]?.active_seconds).toBeGreaterThan(15);
  });

  it('stand per workflow', async () => {
    const { body } = await api.get<Page<{ workflow: string }>>('/stats');
    const listed = body.items.find((item) => item.workflow === 'listed');
    expect(listed).toMatchObject({ runs: 7, completed: 4, failed: 3, active: 0 });
  });
});
