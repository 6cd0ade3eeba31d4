/** The API on a port of its own, with real Postgres and Temporal behind it; the projector's part is played by SQL. */
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { expect } from 'vitest';
import { createApi } from '../../src/api/app.ts';
import type { AdmissionLimits } from '../../src/api/http/admission.ts';
import { drain, listen } from '../../src/api/server.ts';
import { SCOPES } from '../../src/mcp/scope.ts';
import type { ErrorDetail, Problem } from '../../src/contract/problem.ts';
import type { Run } from '../../src/contract/run.ts';
import type { WorkflowVersion } from '../../src/contract/workflow.ts';
import type { Database } from '../../src/database/database.ts';
import { sql } from '../../src/database/sql.ts';
import { createLogger } from '../../src/log/log.ts';
import { digestOfMessage } from '../../src/protocol/said.ts';
import { COMMANDS, type CommandName, type SignalMessage } from '../../src/protocol/signals.ts';
import { connectTemporal, temporalClient } from '../../src/temporal/connection.ts';
import { misfit, operationFor } from '../docs/http-example.ts';
import { afterFile } from '../support/after-file.ts';
import { freshDatabase, runId, taskQueue, temporalTarget, until } from '../support/index.ts';
import { patientTemporal } from '../support/patient-temporal.ts';
import { openTestDatabase } from '../support/test-database.ts';

/** `Body` is what the test knows of the answer. */
export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** What tests look at where a request is refused. */
type ProblemBody = Pick<Problem, 'code' | 'detail'> & { readonly errors: readonly ErrorDetail[] };

export interface Api {
  readonly url: string;
  readonly database: Database;
  readonly temporal: Client;
  readonly queue: string;
  /** Starts gRPC beside it. */
  startGrpc(): Promise<string>;
  /** Says that the process is about to end. */
  close(): void;
  get<Body = ProblemBody>(path: string, headers?: Record<string, string>): Promise<Answer<Body>>;
  post<Body = Run & ProblemBody>(
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<Body>>;
  remove<Body = ProblemBody>(path: string): Promise<Answer<Body>>;
  publish(definition: string, type?: string): Promise<Answer<WorkflowVersion & ProblemBody>>;
}

/**
 * In `beforeAll`.
 *
 * @param projectionWaitMs short where nobody plays the projector; else as long as the test may take to play it.
 * @param admission what it takes in at once; undefined: as in production.
 * @param readerStallMs how long a reader may take nothing; undefined: as in production.
 */
/** What secrets are sealed by. */
export const SEALING_KEY = '5ea1'.repeat(16);

export async function startApi(
  projectionWaitMs = 30_000,
  admission?: AdmissionLimits,
  readerStallMs?: number,
): Promise<Api> {
  const log = createLogger('test', 'silent');
  const database = openTestDatabase(await freshDatabase(), log);
  const target = temporalTarget();
  const connection = await connectTemporal(target);
  const temporal = patientTemporal(temporalClient(connection, target, 'baton-test'));
  const queue = taskQueue('api');
  const config = {
    BATON_TASK_QUEUE: queue,
    BATON_HOST: '127.0.0.1',
    BATON_ALLOWED_HOSTS: [],
    BATON_MCP_SCOPE: SCOPES,
    BATON_AGENTS: fileURLToPath(new URL('agents', import.meta.url)),
    BATON_CACHE_RUNS: 100,
    BATON_CACHE_SECONDS: 60,
    BATON_ALLOW_PRIVATE_NETWORK: true,
    BATON_SEALING_KEY: [SEALING_KEY],
  };
  const closing = new AbortController();
  const { app, attachSockets, startGrpc } = createApi({
    database,
    temporal,
    config,
    log,
    closing: closing.signal,
    projectionWaitMs,
    answerMs: projectionWaitMs,
    auditWaitMs: 30_000,
    ...(admission !== undefined && { admission }),
    ...(readerStallMs !== undefined && { readerStallMs }),
  });
  const { server, url } = await listen(app, { host: '127.0.0.1', port: 0, exact: true });
  attachSockets(server);
  const drains = [(ms: number) => drain(server, ms)];
  afterFile(async () => {
    closing.abort();
    await Promise.all(drains.map((end) => end(1_000)));
    await Promise.all([database.end(), connection.close()]);
  });

  const call = async <Body>(path: string, init: RequestInit): Promise<Answer<Body>> => {
    const response = await fetch(`${url}/api/v1${path}`, init);
    const text = await response.text();
    expectDescribed(init.method ?? 'GET', response, text);
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? {} : JSON.parse(text)) as Body,
    };
  };
  const json = { 'content-type': 'application/json' };
  return {
    url,
    database,
    temporal,
    queue,
    close: () => closing.abort(),
    startGrpc: async () => {
      const listener = await startGrpc({ host: '127.0.0.1', port: 0, exact: true });
      drains.push((ms) => listener.drain(ms));
      return listener.address;
    },
    get: (path, headers = {}) => call(path, { headers }),
    post: (path, body, headers = {}) =>
      call(
        path,
        body === undefined
          ? { method: 'POST', headers }
          : { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) },
      ),
    remove: (path) => call(path, { method: 'DELETE' }),
    publish: (definition, type = 'application/yaml') =>
      call('/workflows', { method: 'POST', headers: { 'content-type': type }, body: definition }),
  };
}

/** What is answered is what OpenAPI says of it: every test that asks the API holds it to that. */
function expectDescribed(method: string, response: Response, text: string): void {
  const { pathname } = new URL(response.url);
  const operation = operationFor(method, pathname);
  if (operation === undefined || text === '') return;
  const said = `${method} ${operation.path}: ${response.status} ${text.slice(0, 500)}`;
  const type = response.headers.get('content-type')?.split(';')[0] ?? '';
  const { content } = operation.responses[response.status] ?? {};
  expect(content, `${said}: OpenAPI does not know this status`).toBeDefined();
  expect(Object.keys(content ?? {}), said).toContain(type);
  const { schema } = content?.[type] ?? {};
  if (schema !== undefined && type.endsWith('json'))
    expect(misfit(schema, JSON.parse(text)), said).toBeNull();
}

export interface RowOptions {
  readonly workflow?: string;
  readonly status?: string;
  readonly labels?: Record<string, string>;
  readonly createdAt?: string;
  readonly executionId?: string;
}

/** Writes a run's row as the projector would, and says so. */
export async function projectRun(database: Database, id: string, options: RowOptions = {}): Promise<void> {
  const { workflow = 'w', status = 'running', labels = {}, createdAt = '2026-11-21T10:00:00Z' } = options;
  await database.query(sql`
    insert into workflow_runs (id, workflow, version, status, labels, execution_id, created_at, updated_at)
    values (${id}, ${workflow}, '1.0.0', ${status}, ${JSON.stringify(labels)}::jsonb, ${options.executionId ?? 'e'},
            ${createdAt}, ${createdAt})
    on conflict (id) do update set status = excluded.status,
      execution_id = coalesce(${options.executionId ?? null}, workflow_runs.execution_id)`);
  await notifyRun(database, id);
}

/** Writes an event of a run as the projector would, and says so. */
export async function projectEvent(
  database: Database,
  runId: string,
  seq: number,
  type: string,
): Promise<void> {
  await database.query(sql`
    insert into workflow_events (run_id, seq, type, step, data, at, execution_id, event_id)
    values (${runId}, ${seq}, ${type}, ${seq % 2 === 0 ? 'even' : null}, ${JSON.stringify({ n: seq })}::jsonb,
            '2026-11-21T10:00:00Z', 'e', ${seq})`);
  await database.query(sql`update workflow_runs set last_seq = ${seq} where id = ${runId}`);
  await notifyRun(database, runId);
}

export interface StepOptions {
  readonly status?: string | undefined;
  readonly position?: number;
  readonly sessionId?: string;
}

/** Writes a step's row as the projector would. */
export async function projectStep(
  database: Database,
  runId: string,
  key: string,
  { status = 'pending', position = 0, sessionId }: StepOptions = {},
): Promise<void> {
  await database.query(sql`
    insert into workflow_step_executions (run_id, address, key, position, title, kind, level, dependencies, status, session_id)
    values (${runId}, ${key}, ${key}, ${position}, ${key}, 'agent', ${position}, '{}', ${status}, ${sessionId ?? null})
    on conflict (run_id, address) do update set status = excluded.status`);
}

export interface QuestionOptions {
  readonly kind?: string;
  readonly step?: string;
  readonly status?: string;
  readonly prompt?: unknown;
  readonly form?: unknown;
  readonly call?: unknown;
  readonly askedAt?: string;
  readonly approvers?: readonly string[];
}

/** Writes a question's row as the projector would. */
export async function projectQuestion(
  database: Database,
  runId: string,
  id: string,
  options: QuestionOptions = {},
): Promise<void> {
  const {
    kind = 'ask',
    step = 'ask',
    status = 'open',
    prompt = { value: 'Shall it?' },
    form,
    call,
  } = options;
  const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value));
  await database.query(sql`
    insert into workflow_questions (run_id, id, kind, step, attempt, status, prompt, preview, form, call, approvers,
                                    needed, not_starter, asked_at)
    values (${runId}, ${id}, ${kind}, ${step}, 1, ${status}, ${json(prompt)}::jsonb, 'Shall it?', ${json(form)}::jsonb,
            ${json(call)}::jsonb, ${options.approvers ?? []}, 1, false, ${options.askedAt ?? '2026-11-21T10:00:00Z'})`);
}

export interface MessageOptions {
  readonly type?: string;
  readonly action?: string;
  readonly status?: string;
  readonly content?: string | null;
  readonly reason?: string | null;
  readonly code?: string | null;
  readonly by?: string | null;
  readonly step?: string;
  readonly agent?: string;
  readonly metadata?: object;
  readonly readers?: readonly object[];
  /** What else it says that the row does not show. */
  readonly says?: SignalMessage;
}

/** Writes a message's row as the projector would, after those that are there, and says so. */
export async function projectMessage(
  database: Database,
  runId: string,
  messageId: string | null,
  { type = 'user', action = 'pause', status = 'processed', ...more }: MessageOptions = {},
): Promise<void> {
  const { content = null, reason = null, code = null, by = null, metadata = {}, readers = [] } = more;
  const message = {
    ...metadata,
    ...(content !== null && { content }),
    ...(by !== null && { by }),
    ...more.says,
  };
  const isCommand = (COMMANDS as readonly string[]).includes(action);
  const said = isCommand ? digestOfMessage(action as CommandName, message) : null;
  await database.query(sql`
    insert into workflow_messages (run_id, seq, message_id, message_type, action_type, action_status, content, reason,
                                   reason_code, author, step, agent, metadata, readers, created_at, updated_seq, said)
    select ${runId}::text, s.seq, ${messageId}::text, ${type}, ${action}, ${status}, ${content}, ${reason}, ${code},
           ${by}, ${more.step ?? null}, ${more.agent ?? null}, ${JSON.stringify(metadata)}::jsonb,
           ${JSON.stringify(readers)}::jsonb, '2026-11-21T10:00:00Z', s.seq, ${said}
    from (select coalesce(max(seq), 0) + 1 as seq from workflow_messages where run_id = ${runId}) s`);
  await notifyRun(database, runId);
}

/** An open run, in Temporal and in the tables. No worker serves it. */
export async function openRun({ temporal, queue, database }: Api): Promise<string> {
  const id = runId('open');
  await temporal.workflow.start('w', { workflowId: id, taskQueue: queue, args: [] });
  await projectRun(database, id);
  return id;
}

/** Messages that Temporal has for a run, in their order. */
export async function messagesSentTo<Message = object>({ temporal }: Api, id: string): Promise<Message[]> {
  const { events } = await temporal.workflow.getHandle(id).fetchHistory();
  return (events ?? []).flatMap((event) => {
    const payload = event.workflowExecutionSignaledEventAttributes?.input?.payloads?.[0];
    if (payload == null) return [];
    return defaultPayloadConverter.fromPayload<{ messages: Message[] }>(payload).messages;
  });
}

/** Hears the hints that the API gives the projector. */
export async function hintsOf(
  database: Database,
): Promise<{ next(runId: string): Promise<{ execution_id: string }> }> {
  const heard: { run_id: string; execution_id: string }[] = [];
  const client = await database.connect();
  client.on('notification', ({ payload = '{}' }) => {
    heard.push(JSON.parse(payload) as { run_id: string; execution_id: string });
  });
  await client.query('listen baton_hint');
  afterFile(() => client.release(true));
  return { next: (runId) => until(() => heard.find((hint) => hint.run_id === runId)) };
}

/** What {@link startBoth} has started. */
export interface Started {
  readonly api: Api;
  readonly patient: Api;
  readonly hints: Awaited<ReturnType<typeof hintsOf>>;
}

/** An API that does not wait long for the projector, and one that waits for it as in production, with its hints. */
export async function startBoth(): Promise<Started> {
  const api = await startApi(50);
  const patient = await startApi();
  return { api, patient, hints: await hintsOf(patient.database) };
}

async function notifyRun(database: Database, runId: string): Promise<void> {
  await database.query(sql`select pg_notify('baton_run', ${runId})`);
}
