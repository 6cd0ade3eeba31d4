/** The same request by HTTP and by gRPC: the same answer, or the same refusal, of the same fields. */
import type { DescMessage, Message } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import type { AuditRecord } from '../../src/contract/audit.ts';
import type { Problem } from '../../src/contract/problem.ts';
import { RunStatus, QuestionKind } from '../../src/grpc/generated/baton/v1/run_pb.js';
import { StepStatus } from '../../src/grpc/generated/baton/v1/step_pb.js';
import { MessageAction, MessageStatus } from '../../src/grpc/generated/baton/v1/message_pb.js';
import { PauseMode } from '../../src/grpc/generated/baton/v1/run_pb.js';
import { WorkflowService } from '../../src/grpc/generated/baton/v1/workflow_service_pb.js';
import type { Page } from '../../src/contract/shared/common.ts';
import { writeMessage } from '../../src/grpc/write-message.ts';
import { startBaton } from '../support/baton.ts';
import { runId, until } from '../support/index.ts';
import { clientOf, refusalOf, type Refused } from './clients.ts';

const DEFINITION = (name: string, version = '1.0.0', text = '1') => `
name: ${name}
version: ${version}
failure: finish
inputs: { n: { type: integer, default: 7 } }
steps:
  - { key: first, transform: "inputs.n" }
  - { key: ask, ask: { prompt: "Go?", approval: true }, dependencies: [first] }
  - { key: last, transform: "${text}", dependencies: [ask] }
`;

const baton = await startBaton();
const client = clientOf(WorkflowService, await baton.startGrpc());
await baton.publish(DEFINITION('twin'));
const json = (value: unknown) => ({ text: JSON.stringify(value) });

/** A run that waits for an answer. */
async function waiting(): Promise<string> {
  const { id } = await baton.start({ workflow: 'twin', id: runId('twin') });
  await until(async () => (await baton.run(id)).waiting_for.some(({ kind }) => kind === 'question'));
  return id;
}
const run = await waiting();
const [asked] = (await baton.run(run)).waiting_for;
const question = asked!.question!;
const closed = runId('closed');
await baton.start({ workflow: 'twin', id: closed });
await baton.call('POST', `/runs/${closed}/cancel`, {});
await baton.finished(closed);

type Method = keyof (typeof WorkflowService)['method'];
type Ask = (name: Method, request: object, sent?: object) => Promise<Message>;
const ask: Ask = (...asked) => (client.ask as unknown as Ask)(...asked);

interface Case {
  readonly of: string;
  readonly http: readonly [method: string, path: string, body?: unknown, headers?: Record<string, string>];
  readonly grpc: readonly [name: Method, request: object, metadata?: Record<string, string>];
}

/** Of gRPC, as an error of HTTP would say it. */
const REFUSED: readonly (Case & {
  readonly status: string;
  readonly fields?: readonly (string | undefined)[];
})[] = [
  {
    ...{ of: 'a run that is not there', status: 'NOT_FOUND' },
    http: ['GET', '/runs/none'],
    grpc: ['getRun', { runId: 'none' }],
  },
  {
    ...{ of: 'a step that is not there', status: 'NOT_FOUND' },
    http: ['GET', `/runs/${run}/steps/none`],
    grpc: ['getNode', { runId: run, key: 'none' }],
  },
  {
    ...{ of: 'a page that is too large', status: 'INVALID_ARGUMENT', fields: ['limit'] },
    http: ['GET', '/runs?limit=5000'],
    grpc: ['listRuns', { limit: 5000n }],
  },
  {
    ...{ of: 'a cursor of nobody', status: 'INVALID_ARGUMENT' },
    http: ['GET', '/runs?cursor=x'],
    grpc: ['listRuns', { cursor: 'x' }],
  },
  {
    ...{ of: 'a filter that cannot be read', status: 'INVALID_ARGUMENT' },
    http: ['GET', '/runs?filter=cost%3E'],
    grpc: ['listRuns', { filter: 'cost>' }],
  },
  {
    ...{ of: 'a start of nothing', status: 'INVALID_ARGUMENT', fields: ['workflow'] },
    http: ['POST', '/runs', {}],
    grpc: ['startRun', {}],
  },
  {
    ...{ of: 'a start of an unknown workflow', status: 'NOT_FOUND' },
    http: ['POST', '/runs', { workflow: 'none' }],
    grpc: ['startRun', { workflow: 'none' }],
  },
  {
    ...{ of: 'labels that are none', status: 'INVALID_ARGUMENT', fields: ['labels.-'] },
    http: ['POST', '/runs', { workflow: 'twin', labels: { '-': 'x' } }],
    grpc: ['startRun', { workflow: 'twin', labels: { '-': 'x' } }],
  },
  {
    ...{ of: 'inputs of another form', status: 'INVALID_ARGUMENT', fields: ['inputs.n'] },
    http: ['POST', '/runs', { workflow: 'twin', inputs: { n: 'x' } }],
    grpc: ['startRun', { workflow: 'twin', inputs: json({ n: 'x' }) }],
  },
  {
    ...{ of: 'an id that is taken', status: 'ALREADY_EXISTS' },
    http: ['POST', '/runs', { workflow: 'twin', id: run }],
    grpc: ['startRun', { workflow: 'twin', id: run }],
  },
  {
    ...{ of: 'a key that is too long', status: 'INVALID_ARGUMENT', fields: ['idempotency_key'] },
    http: ['POST', '/runs', { workflow: 'twin' }, { 'idempotency-key': 'k'.repeat(300) }],
    grpc: ['startRun', { workflow: 'twin', idempotencyKey: 'k'.repeat(300) }],
  },
  {
    ...{ of: 'a command to a run that has ended', status: 'FAILED_PRECONDITION' },
    http: ['POST', `/runs/${closed}/pause`, {}],
    grpc: ['pause', { runId: closed }],
  },
  {
    ...{ of: 'a pause of no length', status: 'INVALID_ARGUMENT', fields: ['timeout'] },
    http: ['POST', `/runs/${run}/pause`, { timeout: 'soon' }],
    grpc: ['pause', { runId: run, timeout: 'soon' }],
  },
  {
    ...{ of: 'a comment without words', status: 'INVALID_ARGUMENT', fields: ['content'] },
    http: ['POST', `/runs/${run}/messages`, { action_type: 'comment' }],
    grpc: ['sendMessage', { runId: run, actionType: MessageAction.COMMENT }],
  },
  {
    ...{ of: 'a message that is too long', status: 'INVALID_ARGUMENT' },
    http: ['POST', `/runs/${run}/messages`, { content: 'x'.repeat(20_000) }],
    grpc: ['sendMessage', { runId: run, content: 'x'.repeat(20_000) }],
  },
  {
    ...{ of: 'a redirection without a task', status: 'INVALID_ARGUMENT', fields: ['task'] },
    http: ['POST', `/runs/${run}/redirect`, { task: ' ' }],
    grpc: ['redirect', { runId: run, task: ' ' }],
  },
  {
    ...{ of: 'a run that has not ended', status: 'FAILED_PRECONDITION' },
    http: ['POST', `/runs/${run}/continue`, {}],
    grpc: ['continue', { runId: run }],
  },
  {
    ...{ of: 'an answer that does not fit', status: 'INVALID_ARGUMENT' },
    http: ['POST', `/runs/${run}/answers`, { question, answer: { no: 1 } }],
    grpc: ['answer', { runId: run, question, answer: json({ no: 1 }) }],
  },
  {
    ...{ of: 'an answer to nothing', status: 'NOT_FOUND' },
    http: ['POST', `/runs/${run}/answers`, { question: 'none' }],
    grpc: ['answer', { runId: run, question: 'none' }],
  },
  {
    ...{ of: 'a command that the step refuses', status: 'FAILED_PRECONDITION' },
    http: ['POST', `/runs/${run}/steps/first/skip`, { id: 'skip-http' }],
    grpc: ['updateNode', { runId: run, key: 'first', id: 'skip-grpc', command: { case: 'skip', value: {} } }],
  },
  {
    ...{ of: 'limits that are none', status: 'INVALID_ARGUMENT', fields: ['set_limits.max_turns'] },
    http: ['POST', `/runs/${run}/steps/first/limits`, { max_turns: 0 }],
    grpc: [
      'updateNode',
      { runId: run, key: 'first', command: { case: 'setLimits', value: { maxTurns: 0n } } },
    ],
  },
  {
    ...{ of: 'an edit of a step that is not there', status: 'INVALID_ARGUMENT' },
    http: ['POST', `/runs/${run}/edits`, { edits: [{ op: 'DELETE', step: 'none' }], dry_run: true }],
    grpc: [
      'applyEdits',
      { runId: run, edits: [{ edit: { case: 'delete', value: { step: 'none' } } }], dryRun: true },
    ],
  },
  {
    ...{ of: 'an edit of another revision', status: 'ABORTED' },
    http: ['POST', `/runs/${run}/edits`, { edits: [{ op: 'DELETE', step: 'last' }], expected_revision: 5 }],
    grpc: [
      'applyEdits',
      { runId: run, edits: [{ edit: { case: 'delete', value: { step: 'last' } } }], expectedRevision: 5n },
    ],
  },
  {
    ...{ of: 'a definition that is wrong', status: 'INVALID_ARGUMENT' },
    http: ['POST', '/workflows?file=x.yaml', 'name: x\nversion: 1.0.0\nsteps: [{ key: a, agnt: b }]'],
    grpc: [
      'createWorkflow',
      { file: 'x.yaml', definition: 'name: x\nversion: 1.0.0\nsteps: [{ key: a, agnt: b }]' },
    ],
  },
  {
    ...{ of: 'a version with other content', status: 'ALREADY_EXISTS' },
    http: ['POST', '/workflows', DEFINITION('twin', '1.0.0', '2')],
    grpc: ['createWorkflow', { definition: DEFINITION('twin', '1.0.0', '2') }],
  },
  {
    ...{ of: 'a version of a workflow that is not there', status: 'NOT_FOUND' },
    http: ['POST', '/workflows?workflow=nowhere', DEFINITION('nowhere')],
    grpc: ['updateWorkflow', { name: 'nowhere', definition: DEFINITION('nowhere') }],
  },
  {
    ...{ of: 'a version of another workflow', status: 'INVALID_ARGUMENT', fields: ['name'] },
    http: ['POST', '/workflows?workflow=twin', DEFINITION('other')],
    grpc: ['updateWorkflow', { name: 'twin', definition: DEFINITION('other') }],
  },
  {
    ...{ of: 'an archive of nothing', status: 'NOT_FOUND' },
    http: ['POST', '/workflows/none/archive'],
    grpc: ['archiveWorkflow', { name: 'none' }],
  },
];

describe('is refused alike:', () => {
  it.each(REFUSED)('$of', async ({ http, grpc, status, fields }) => {
    const { body, ...answer } = await baton.call<Problem>(...http);
    const [name, request, metadata = {}] = grpc;
    const refused: Refused = await refusalOf(ask(name, request, { metadata }));
    expect(refused).toMatchObject({
      ...{ status, code: body.code, message: body.detail.replace(/skip-http/g, 'skip-grpc') },
      facts: { http_status: String(answer.status) },
    });
    const places = (body.errors ?? []).map(({ path }) => path?.replace(/^(query|body)\./, ''));
    expect(refused.violations.map(({ reason }) => reason)).toEqual(
      (body.errors ?? []).map(({ code }) => code),
    );
    expect(refused.violations.map(({ field }) => field)).toEqual(fields ?? places);
  });
});

/** Where in an answer of gRPC the message stands that is the whole body of HTTP, or each of its items. */
const ANSWERED: readonly (Case & { readonly field: string })[] = [
  { of: 'a run', field: 'run', http: ['GET', `/runs/${run}`], grpc: ['getRun', { runId: run }] },
  {
    of: 'a run that has ended',
    field: 'run',
    http: ['GET', `/runs/${closed}`],
    grpc: ['getRun', { runId: closed }],
  },
  {
    ...{ of: 'runs', field: 'runs' },
    http: ['GET', '/runs?status=running,cancelled&workflow=twin&limit=1'],
    grpc: ['listRuns', { status: [RunStatus.RUNNING, RunStatus.CANCELLED], workflow: 'twin', limit: 1n }],
  },
  {
    ...{ of: 'a step', field: 'node' },
    http: ['GET', `/runs/${run}/steps/ask`],
    grpc: ['getNode', { runId: run, key: 'ask' }],
  },
  {
    ...{ of: 'steps', field: 'nodes' },
    http: ['GET', `/runs/${run}/steps?limit=2`],
    grpc: ['listNodes', { runId: run, limit: 2n }],
  },
  {
    ...{ of: 'a workflow', field: 'workflow' },
    http: ['GET', '/workflows/twin'],
    grpc: ['getWorkflow', { name: 'twin' }],
  },
  {
    ...{ of: 'a version', field: 'version' },
    http: ['GET', '/workflows/twin/versions/1.0.0'],
    grpc: ['getWorkflowVersion', { name: 'twin', version: '1.0.0' }],
  },
  {
    ...{ of: 'workflows', field: 'workflows' },
    http: ['GET', '/workflows?search=twi'],
    grpc: ['listWorkflows', { search: 'twi' }],
  },
  {
    ...{ of: 'questions', field: 'questions' },
    http: ['GET', `/questions?run=${run}&kind=ask`],
    grpc: ['listQuestions', { run, kind: [QuestionKind.ASK] }],
  },
  {
    ...{ of: 'messages', field: 'messages' },
    http: ['GET', `/runs/${closed}/messages?action_status=processed&order=desc`],
    grpc: ['listMessages', { runId: closed, actionStatus: [MessageStatus.PROCESSED], order: 'desc' }],
  },
  {
    ...{ of: 'a preview of an edit', field: 'preview' },
    http: [
      'POST',
      `/runs/${run}/edits`,
      { edits: [{ op: 'INSERT', step: { key: 'new', wait: '1s' } }], dry_run: true },
    ],
    grpc: [
      'applyEdits',
      {
        runId: run,
        edits: [{ edit: { case: 'insert', value: { step: json({ key: 'new', wait: '1s' }) } } }],
        dryRun: true,
      },
    ],
  },
];

describe('is answered alike:', () => {
  it.each(ANSWERED)('$of', async ({ http, grpc, field }) => {
    const { status, body } = await baton.call<object>(...http);
    expect(status).toBe(200);
    const [name, request] = grpc;
    const answer = (await ask(name, request)) as unknown as Record<string, unknown>;
    const { message, fieldKind } = WorkflowService.method[name].output.field[field]!;
    const told = (plain: object) => writeMessage(message as DescMessage, plain);
    const { items = [], next_cursor: next = null } = body as Partial<Page<object>>;
    const isPage = fieldKind === 'list';
    expect(items.length > 0).toBe(isPage);
    expect(answer[field]).toEqual(isPage ? items.map(told) : told(body));
    expect(answer['nextCursor']).toBe(next ?? undefined);
  });
});

describe('does the same:', () => {
  it('a definition is published, updated, archived and put back', async () => {
    const created = await client.ask('createWorkflow', { definition: DEFINITION('made'), by: 'ann' });
    expect(created).toMatchObject({
      created: true,
      version: { workflow: 'made', publishedBy: 'ann', ordinal: 1n },
    });
    const again = await client.ask('createWorkflow', { definition: DEFINITION('made') });
    expect(again.created).toBe(false);
    const updated = await client.ask('updateWorkflow', {
      name: 'made',
      definition: DEFINITION('made', '1.1.0', '2'),
    });
    expect(updated).toMatchObject({ created: true, version: { version: '1.1.0' } });
    const got = await client.ask('getWorkflow', { name: 'made@1.0.0' });
    expect(got).toMatchObject({
      workflow: { latestVersion: '1.1.0' },
      selected: { version: { version: '1.0.0' } },
    });
    expect(JSON.parse(got.selected!.inputs!.text)).toMatchObject({ n: { default: 7 } });
    const { source, plan } = await client.ask('getWorkflowVersion', { name: 'made', version: '1.1.0' });
    expect(source).toBe(DEFINITION('made', '1.1.0', '2'));
    expect(JSON.parse(plan!.text)).toMatchObject({ name: 'made' });
    expect(
      (await client.ask('archiveWorkflow', { name: 'made', by: 'ann' })).workflow!.archivedAt,
    ).toBeDefined();
    expect(await refusalOf(client.ask('startRun', { workflow: 'made' }))).toHaveProperty(
      'code',
      'workflow_archived',
    );
    expect((await client.ask('unarchiveWorkflow', { name: 'made' })).workflow!.archivedAt).toBeUndefined();
  });

  it('a start counts once, and keeps its numbers', async () => {
    const id = runId('once');
    const text = '{"n": 12345678901234567890}';
    const request = {
      workflow: 'twin',
      id,
      inputs: { text },
      idempotencyKey: id,
      by: 'ann',
      labels: { by: 'grpc' },
    };
    const first = await client.ask('startRun', request);
    expect(first).toMatchObject({ replayed: false, run: { id } });
    const { idempotencyKey, ...same } = request;
    const second = await client.ask('startRun', same, { metadata: { 'idempotency-key': idempotencyKey } });
    expect(second).toMatchObject({ replayed: true, run: { id } });
    expect(await refusalOf(client.ask('startRun', { ...request, by: 'bob' }))).toMatchObject({
      ...{ status: 'ALREADY_EXISTS', code: 'idempotency_key_reused' },
    });
    await until(async () => (await baton.run(id)).waiting_for.length > 0);
    const { run: told } = await client.ask('getRun', { runId: id });
    expect(told).toMatchObject({ labels: { by: 'grpc' } });
    expect(told!.inputs!.text).toContain('12345678901234567890');
    const { node } = await client.ask('getNode', { runId: id, key: 'first' });
    expect(node).toMatchObject({ status: StepStatus.COMPLETED, output: { text: '12345678901234567890' } });
  });

  it('a run is steered to its end', async () => {
    const id = await waiting();
    const held = await client.ask('updateNode', {
      ...{ runId: id, key: 'last', by: 'ann', reason: 'not yet' },
      command: { case: 'hold', value: {} },
    });
    expect(held).toMatchObject({ done: true, run: { id } });
    expect((await client.ask('getNode', { runId: id, key: 'last' })).node!.held).toMatchObject({ by: 'ann' });
    await client.ask('updateNode', { runId: id, key: 'last', command: { case: 'release', value: {} } });
    const paused = await client.ask('pause', { runId: id, mode: PauseMode.AFTER_STEP, by: 'ann', id: 'p1' });
    expect(paused).toMatchObject({ done: true, messageId: 'p1', run: { status: RunStatus.PAUSED } });
    const said = await client.ask('sendMessage', { runId: id, content: 'Hello', by: 'ann' });
    expect(said).toMatchObject({ done: true, message: { content: 'Hello', author: 'ann' } });
    expect(await client.ask('resume', { runId: id })).toMatchObject({ run: { status: RunStatus.RUNNING } });
    const edited = await client.ask('applyEdits', {
      ...{ runId: id, by: 'ann', reason: 'more' },
      edits: [
        { edit: { case: 'insert', value: { step: json({ key: 'more', transform: '2' }), after: ['ask'] } } },
        { edit: { case: 'update', value: { step: json({ key: 'last', transform: '3' }) } } },
      ],
    });
    expect(edited).toMatchObject({ applied: true, done: true, preview: { revision: 1n, added: ['more'] } });
    const { questions } = await client.ask('listQuestions', { run: id });
    const answered = await client.ask('answer', {
      runId: id,
      question: questions[0]!.id,
      answer: json({ approved: true }),
    });
    expect(answered.done).toBe(true);
    expect((await baton.finished(id)).status).toBe('completed');
    expect((await client.ask('getNode', { runId: id, key: 'last' })).node!.output).toMatchObject({
      text: '3',
    });
  });

  it('a run is redirected, cancelled, and goes on', async () => {
    const id = await waiting();
    const { newRunId, messageId } = await client.ask('redirect', { runId: id, task: 'Something else' });
    expect(messageId).not.toBe('');
    await until(async () => (await baton.run(id)).lineage.redirected_to === newRunId);
    const other = await waiting();
    const cancelled = await client.ask('cancel', { runId: other, reason: 'enough' });
    expect(cancelled.done).toBe(true);
    await baton.finished(other);
    const goesOn = await client.ask('continue', { runId: other, idempotencyKey: 'go', by: 'ann' });
    expect(goesOn).toMatchObject({ replayed: false, run: { id: other, status: RunStatus.RUNNING } });
  });
});

it('the audit log tells what came by gRPC, and what was refused', async () => {
  const id = runId('audited');
  await client.ask('startRun', { workflow: 'twin', id, by: 'ann' });
  await refusalOf(client.ask('startRun', { workflow: 'none', by: 'eve' }));
  const [started] = await baton.items<AuditRecord>(`/audit?run=${id}`);
  expect(started).toMatchObject({
    ...{ action: 'start', outcome: 'accepted', actor: 'ann', method: 'gRPC', route: '/api/v1/runs' },
    ...{ address: '127.0.0.1', user_agent: expect.stringContaining('grpc-node') },
  });
  const [refused] = await baton.items<AuditRecord>('/audit?actor=eve');
  expect(refused).toMatchObject({
    action: 'start',
    outcome: 'workflow_not_found',
    status: 404,
    method: 'gRPC',
  });
});
