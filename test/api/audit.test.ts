/** Every request that would change something leaves one row, whoever refuses it; a new route cannot forget it. */
import { connect } from 'node:net';
import { once } from 'node:events';
import { beforeAll, describe, expect, it } from 'vitest';
import { ADMISSION_LIMITS } from '../../src/api/http/admission.ts';
import { laneOf, type Endpoint } from '../../src/api/http/endpoint.ts';
import { ROUTES } from '../../src/api/routes/index.ts';
import type { AuditRecord } from '../../src/contract/audit.ts';
import { audited } from '../../src/database/audit.ts';
import { sql } from '../../src/database/sql.ts';
import { runId, until } from '../support/index.ts';
import { storeAs } from '../support/stored-histories.ts';
import type { Page } from '../../src/contract/shared/common.ts';
import {
  openRun,
  projectMessage,
  projectQuestion,
  projectRun,
  projectStep,
  startApi,
  type Api,
} from './harness.ts';

const DEFINITION = (version: string) =>
  `name: audited\nversion: ${version}\nsteps: [{ key: work, agent: code, prompt: Work }]\n`;

let api: Api;
/** Refuses everything but reads. */
let full: Api;
let hash: string;
beforeAll(async () => {
  api = await startApi(50);
  const { lanes } = ADMISSION_LIMITS;
  const none = { atOnce: 0, patient: 0, patientMs: 0, waiting: 0, waitMs: 0 };
  const closed = { ...lanes, write: none, start: none, command: none };
  full = await startApi(50, { ...ADMISSION_LIMITS, lanes: closed });
  ({ hash } = (await api.publish(DEFINITION('1.0.0'))).body);
});

interface Sent {
  readonly path: string;
  readonly body?: unknown;
  /** Otherwise JSON. */
  readonly type?: string;
}

/** A history is that of a run's only under the id that it was recorded with: made once. */
let finished: Promise<string> | undefined;
const RECORDED = 'http-retry-kdrhfez6g3';

/** What a route accepts, by operation. */
const SAMPLES: Readonly<Record<string, () => Promise<Sent> | Sent>> = {
  createView: () => ({ path: '/api/v1/views', body: { name: runId('view'), by: 'ada' } }),
  replaceView: async () => {
    const { body } = await api.post<{ id: string }>('/views', { name: runId('view') });
    return { path: `/api/v1/views/${body.id}`, body: { name: runId('view'), by: 'ada' } };
  },
  deleteView: async () => {
    const { body } = await api.post<{ id: string }>('/views', { name: runId('view') });
    return { path: `/api/v1/views/${body.id}?by=ada` };
  },
  publishWorkflow: () => ({
    path: '/api/v1/workflows?by=ada',
    body: DEFINITION('1.0.1'),
    type: 'application/yaml',
  }),
  archiveWorkflow: () => ({ path: '/api/v1/workflows/audited/archive?by=ada' }),
  unarchiveWorkflow: () => ({ path: '/api/v1/workflows/audited/unarchive?by=ada' }),
  startRun: () => ({ path: '/api/v1/runs', body: { workflow: 'audited', by: 'ada' } }),
  continueRun: async () => {
    const id = await closedRun();
    return { path: `/api/v1/runs/${id}/continue`, body: { by: 'ada' } };
  },
  continueSession: async () => {
    const id = await closedRun();
    const path = '/api/v1/workflows/claude-code/run/audited/continue';
    return { path, body: { session_id: `ses-${id}`, by: 'ada' } };
  },
  answerQuestion: async () => {
    const id = await openRun(api);
    await projectQuestion(api.database, id, 'q1');
    return { path: `/api/v1/runs/${id}/answers`, body: { question: 'q1', answer: 'yes', by: 'ada' } };
  },
  postRunMessage: () => toRun('/api/v1/runs/:id/messages', { content: 'hello', by: 'ada' }),
  postWorkflowMessage: () => toRun('/api/workflows/:id/messages', { content: 'hello', by: 'ada' }),
  redirectRun: () => toRun('/api/v1/runs/:id/redirect', { task: 'another', by: 'ada' }),
  withdrawMessage: async () => {
    const id = await openRun(api);
    await projectMessage(api.database, id, 'm1', { action: 'instruction', status: 'pending' });
    return { path: `/api/v1/runs/${id}/messages/m1?by=ada` };
  },
  rerunRun: async () => {
    const id = await closedRun();
    return { path: `/api/v1/runs/${id}/rerun`, body: { by: 'ada' } };
  },
  compactStep: async () => {
    const id = await openRun(api);
    await projectStep(api.database, id, 'work', { status: 'running' });
    return { path: `/api/v1/runs/${id}/steps/work/compact`, body: { by: 'ada' } };
  },
  editRun: async () => {
    const id = await openRun(api);
    await api.database.query(
      sql`update workflow_runs set workflow = 'audited', plan_hash = ${hash} where id = ${id}`,
    );
    const step = { key: 'more', agent: 'code', prompt: 'More' };
    return { path: `/api/v1/runs/${id}/edits`, body: { edits: [{ op: 'INSERT', step }], by: 'ada' } };
  },
  skipStep: () => toRun('/api/v1/runs/:id/steps/work/skip', { value: 1, by: 'ada' }),
  retryStep: () => toRun('/api/v1/runs/:id/steps/work/retry', { by: 'ada' }),
  stopRetryingStep: () => toRun('/api/v1/runs/:id/steps/work/stop-retrying', { by: 'ada' }),
  holdStep: () => toRun('/api/v1/runs/:id/steps/work/hold', { by: 'ada' }),
  releaseStep: () => toRun('/api/v1/runs/:id/steps/work/release', { by: 'ada' }),
  overrideStep: () => toRun('/api/v1/runs/:id/steps/work/override', { value: null, by: 'ada' }),
  setStepLimits: () => toRun('/api/v1/runs/:id/steps/work/limits', { max_turns: 9, by: 'ada' }),
  setRunLimits: () => toRun('/api/v1/runs/:id/limits', { max_cost_usd: 2, by: 'ada' }),
  labelRun: () => toRun('/api/v1/runs/:id/checkpoints', { label: 'here', by: 'ada' }),
  restoreRun: async () => {
    const id = await runWithCheckpoint();
    return { path: `/api/v1/runs/${id}/restore`, body: { checkpoint: 1, by: 'ada' } };
  },
  forkRun: async () => {
    const id = await runWithCheckpoint();
    return { path: `/api/v1/runs/${id}/forks`, body: { checkpoint: 'cp-1', by: 'ada' } };
  },
  pruneCheckpoints: async () => {
    const id = await runWithCheckpoint();
    return { path: `/api/v1/runs/${id}/checkpoints/prune`, body: { keep: 1, by: 'ada' } };
  },
  promoteRun: async () => {
    const id = await runWithCheckpoint(0);
    const branch = await (finished ??= runWithCheckpoint(-1, RECORDED));
    const lineage = JSON.stringify({ forked_from: { run: id, checkpoint: 1 } });
    await api.database.query(sql`update workflow_runs set lineage = ${lineage}::jsonb where id = ${branch}`);
    return { path: `/api/v1/runs/${id}/promotions`, body: { branch, by: 'ada' } };
  },
  pauseRun: () => toRun('/api/v1/runs/:id/pause', { by: 'ada' }),
  unpauseRun: () => toRun('/api/v1/runs/:id/unpause', { by: 'ada' }),
  resumeRun: () => toRun('/api/v1/runs/:id/resume', { by: 'ada' }),
  cancelRun: () => toRun('/api/v1/runs/:id/cancel', { by: 'ada' }),
  pauseWorkflow: () => toRun('/api/workflows/:id/pause', { by: 'ada' }),
  cancelWorkflow: () => toRun('/api/workflows/:id', { by: 'ada' }),
  replaceNode: () => ({ path: '/api/v1/nodes/audited', body: { ...NODE, by: 'ada' } }),
  drainNode: () => toNode('/drain'),
  undrainNode: () => toNode('/undrain'),
  deleteNode: async () => ({ path: `${(await toNode('')).path}?by=ada` }),
  createWebhook: () => ({ path: '/api/v1/webhooks', body: { ...WEBHOOK, by: 'ada' } }),
  changeWebhook: () => toWebhook('', { description: 'changed' }),
  deleteWebhook: async () => ({ path: `${(await toWebhook('')).path}?by=ada` }),
  rotateWebhookSecret: () => toWebhook('/rotate'),
  testWebhook: () => toWebhook('/test'),
  redeliverWebhooks: () => toWebhook('/redeliver'),
  redeliverWebhook: async () => {
    const { path } = await toWebhook('');
    const { body } = await api.post<{ id: string }>(`${path.replace('/api/v1', '')}/test`, {});
    await api.database.query(sql`update webhook_deliveries set status = 'dead' where id = ${body.id}`);
    return { path: `${path}/deliveries/${body.id}/redeliver`, body: { by: 'ada' } };
  },
  unpauseWorkflow: () => toRun('/api/workflows/:id/unpause', { by: 'ada' }),
};

const NODE = { address: 'grpc://127.0.0.1:9', capabilities: ['count'] };
const WEBHOOK = { url: 'https://hooks.team.example/' };

async function toNode(path: string): Promise<Sent> {
  const name = runId('node');
  const made = await fetch(`${api.url}/api/v1/nodes/${name}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(NODE),
  });
  expect(made.status).toBe(200);
  return { path: `/api/v1/nodes/${name}${path}`, body: { by: 'ada' } };
}

async function toWebhook(path: string, body: object = {}): Promise<Sent> {
  const made = await api.post<{ id: string }>('/webhooks', WEBHOOK);
  expect(made.status).toBe(201);
  return { path: `/api/v1/webhooks/${made.body.id}${path}`, body: { ...body, by: 'ada' } };
}

async function toRun(path: string, body: object): Promise<Sent> {
  return { path: path.replace(':id', await openRun(api)), body };
}

/** A run that stopped half way and can be continued. */
async function closedRun(id = runId('audited')): Promise<string> {
  const handle = await api.temporal.workflow.start('audited', { workflowId: id, taskQueue: api.queue });
  await handle.terminate();
  const executionId = handle.firstExecutionRunId;
  await projectRun(api.database, id, { status: 'failed', workflow: 'audited', executionId });
  await projectStep(api.database, id, 'work', { status: 'failed', sessionId: `ses-${id}` });
  await api.database.query(sql`
    insert into workflow_checkpoints (run_id, epoch, execution_id, event_id, kind, interpreter, workflow, version,
                                      plan_hash, inputs, labels, state, created_at)
    values (${id}, 0, ${executionId}, 17, 'closed', 1, 'audited', '1.0.0', ${hash}, '{}', '{}', '{}', now())`);
  return id;
}

/** The same, with a history, and a checkpoint in it. @param at which of its tasks */
async function runWithCheckpoint(at = 1, as?: string): Promise<string> {
  const id = await closedRun(as);
  const { runId: executionId } = await api.temporal.workflow.getHandle(id).describe();
  await api.database.query(sql`
    insert into executions (execution_id, run_id, workflow_type, started_at)
    values (${executionId}, ${id}, 'audited', now())`);
  const tasks = await storeAs(api.database, 'v2-http-retry.json', executionId);
  await api.database.query(sql`
    insert into workflow_checkpoints (run_id, epoch, execution_id, event_id, kind, interpreter, number, reason, created_at)
    values (${id}, 0, ${executionId}, ${tasks.at(at) ?? 0}, 'task', 2, 1, 'step', now())`);
  return id;
}

const UNSAFE = ROUTES.flatMap(({ base, endpoints }) =>
  endpoints.map((endpoint) => ({ ...endpoint, route: `${base}${endpoint.path}` })),
).filter(({ method, action }) => method !== 'get' && action !== null);

async function send(at: Api, { method }: Endpoint, sent: Sent, headers: Record<string, string> = {}) {
  const { path, body, type = 'application/json' } = sent;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${at.url}${path}`, {
    method: method.toUpperCase(),
    headers: { ...(body === undefined ? {} : { 'content-type': type }), ...headers },
    ...(body === undefined ? {} : { body: text }),
  });
  await response.text();
  return { status: response.status, requestId: response.headers.get('x-request-id') ?? '' };
}

async function rowsOf(at: Api, requestId: string): Promise<AuditRecord[]> {
  const { rows } = await at.database.query<AuditRecord>(
    sql`select * from audit_log where request_id = ${requestId}`,
  );
  return rows;
}

describe.each(UNSAFE.map((endpoint) => [endpoint.operation, endpoint] as const))('%s', (name, endpoint) => {
  const sample = async () => {
    const make = SAMPLES[name];
    if (make === undefined) throw new Error(`give a sample for the new route ${name}`);
    return make();
  };

  it('leaves a row of what is accepted: who, from where, what, and how it ended', async () => {
    const sent = await sample();
    const { status, requestId } = await send(api, endpoint, sent, { 'user-agent': 'a-test' });
    expect(status).toBeLessThan(300);
    expect(await rowsOf(api, requestId)).toMatchObject([
      {
        ...{ actor: 'ada', outcome: 'accepted', status, route: endpoint.route, user_agent: 'a-test' },
        address: expect.stringContaining('127.0.0.1') as string,
        method: endpoint.method.toUpperCase(),
        ended_at: expect.any(Date) as Date,
      },
    ]);
    const [row] = await rowsOf(api, requestId);
    const { run_id: run, workflow, detail } = row ?? {};
    const { view, node, webhook } = detail as Partial<Record<'view' | 'node' | 'webhook', string>>;
    expect(run ?? workflow ?? view ?? node ?? webhook).toBeTypeOf('string');
    expect(sent.path).toContain(endpoint.route.includes('/:id/') ? row?.run_id : '');
  });

  it('leaves a row of what is refused: by the house, by the form, by a bound', async () => {
    const sent = await sample();
    const foreign = await send(api, endpoint, sent, { origin: 'https://evil.example' });
    expect(await rowsOf(api, foreign.requestId)).toMatchObject([{ outcome: 'cross_origin', status: 403 }]);
    const wrong: [Sent, Partial<AuditRecord>][] = [];
    if (endpoint.body !== undefined) {
      wrong.push([{ ...sent, body: 'x', type: 'text/plain' }, { outcome: 'unsupported_media_type' }]);
    }
    if (endpoint.body?.kind === 'json') {
      wrong.push([
        { ...sent, body: { by: 'ada', none: 1 } },
        { outcome: 'invalid_request', actor: 'ada' },
      ]);
    }
    for (const [request, row] of wrong) {
      const { requestId } = await send(api, endpoint, request);
      expect(await rowsOf(api, requestId)).toMatchObject([{ ...row, route: endpoint.route }]);
    }
    expect(laneOf(endpoint)).not.toBe('read');
    const busy = await send(full, endpoint, sent);
    expect(await rowsOf(full, busy.requestId)).toMatchObject([{ outcome: 'server_busy', status: 503 }]);
  });
});

describe.each(
  UNSAFE.filter(({ operation, route }) => /:id\b/.test(route) || operation === 'continueSession').map(
    (endpoint) => [endpoint.operation, endpoint] as const,
  ),
)('%s of a run that was imported', (name, endpoint) => {
  it('is refused: it can only be read', async () => {
    const sent = await SAMPLES[name]!();
    const id = /\/(?:runs|workflows)\/([^/?]+)/.exec(sent.path)?.[1];
    const session = (sent.body as { session_id?: string } | undefined)?.session_id;
    const run = session?.replace('ses-', '') ?? id ?? '';
    await api.database.query(sql`
      insert into imported_runs (run_id, origin, bundle, exported_at) values (${run}, 'SHA256:o', 'b', now())`);
    const { status, requestId } = await send(api, endpoint, sent);
    expect(status).toBe(409);
    expect(await rowsOf(api, requestId)).toMatchObject([{ outcome: 'run_imported', run_id: run }]);
  });
});

describe('the record', () => {
  it('holds what no route takes, and what ended before it was whole', async () => {
    const lost = await send(api, UNSAFE[0] as Endpoint, { path: '/api/v1/nothing?secret=1' });
    const [row] = await rowsOf(api, lost.requestId);
    expect(row).toMatchObject({ action: 'unknown', outcome: 'route_not_found', route: '/api/v1/nothing' });
    const put = await fetch(`${api.url}/api/v1/runs`, { method: 'PUT' });
    expect(await rowsOf(api, put.headers.get('x-request-id') ?? '')).toMatchObject([
      { outcome: 'method_not_allowed', method: 'PUT' },
    ]);
    const before = await count();
    const half = connect(Number(new URL(api.url).port), '127.0.0.1');
    await once(half, 'connect');
    half.write('POST /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n');
    half.write('Content-Length: 100\r\n\r\n{"by');
    setTimeout(() => half.destroy(), 100);
    await until(async () => (await count()) === before + 1);
    const { body } = await api.get<Page<AuditRecord>>('/audit?limit=1');
    expect(body.items).toMatchObject([{ action: 'start', outcome: 'request_aborted' }]);
  });

  it('holds no reads, no checks of definitions, no bodies and no headers', async () => {
    const before = await count();
    await api.get('/runs');
    await fetch(`${api.url}/api/v1/workflows/validate`, {
      method: 'POST',
      headers: { 'content-type': 'application/yaml' },
      body: DEFINITION('9.0.0'),
    });
    expect(await count()).toBe(before);
    const inputs = { token: 'canary-in-the-body' };
    await api.post('/runs', { workflow: 'audited', inputs }, { 'idempotency-key': 'canary-in-a-header' });
    expect(await count()).toBe(before + 1);
    const { rows } = await api.database.query<{ text: string }>(
      sql`select audit_log::text as text from audit_log where id > ${before}`,
    );
    expect(rows.map(({ text }) => text).join()).not.toContain('canary');
  });

  it('is read newest first, page by page, by filters', async () => {
    const id = await openRun(api);
    for (const verb of ['pause', 'resume', 'cancel']) await api.post(`/runs/${id}/${verb}`, { by: 'bob' });
    await api.post(`/runs/${id}/pause`, { by: 'bob', mode: 'never' });
    const first = (await api.get<Page<AuditRecord>>(`/audit?run=${id}&limit=3`)).body;
    expect(first.items.map(({ action }) => action)).toEqual(['pause', 'cancel', 'resume']);
    const query = `run=${id}&limit=3&cursor=${first.next_cursor}`;
    const second = (await api.get<Page<AuditRecord>>(`/audit?${query}`)).body;
    expect(second).toMatchObject({ items: [{ action: 'pause', outcome: 'accepted' }], next_cursor: null });
    const refused = (await api.get<Page<AuditRecord>>(`/audit?actor=bob&outcome=refused`)).body.items;
    expect(refused).toMatchObject([{ run_id: id, outcome: 'invalid_request', status: 400 }]);
    expect(await api.get('/audit?cursor=abc')).toMatchObject({
      status: 400,
      body: { code: 'invalid_cursor' },
    });
  });

  it('is kept of maintenance too, also where it fails', async () => {
    const work = { actor: 'ada@host', action: 'prune', route: 'baton maintain', detail: { grace: '7d' } };
    expect(await audited(api.database, work, async () => 7)).toBe(7);
    const broken = audited(api.database, work, () => Promise.reject(new Error('no')));
    await expect(broken).rejects.toThrow('no');
    const { items } = (await api.get<Page<AuditRecord>>('/audit?action=prune')).body;
    expect(items).toMatchObject([
      { actor: 'ada@host', outcome: 'failed' },
      { actor: 'ada@host', outcome: 'accepted', detail: { grace: '7d' }, route: 'baton maintain' },
    ]);
  });

  it('comes before the effect: what cannot be recorded is not done', async () => {
    const own = await startApi(50);
    await own.publish(DEFINITION('1.0.0'));
    await own.database.query('alter table audit_log rename to elsewhere');
    const id = runId('audited');
    expect(await own.post('/runs', { workflow: 'audited', id })).toMatchObject({ status: 503 });
    await expect(own.temporal.workflow.getHandle(id).describe()).rejects.toThrow();
    // A refusal is told all the same.
    expect(await own.post('/runs', { workflow: 7 })).toMatchObject({ status: 400 });
  });
});

async function count(): Promise<number> {
  const { rows } = await api.database.query<{ last: number }>('select max(id) as last from audit_log');
  return rows[0]?.last ?? 0;
}
