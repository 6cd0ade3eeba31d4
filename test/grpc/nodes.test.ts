/** Steps that programs of users do: given out, taken, lost, taken over, refused, cancelled, looked at. */
import { create } from '@bufbuild/protobuf';
import { Server, ServerCredentials, type sendUnaryData, type ServerUnaryCall } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import type { Node, NodeMatch, Nodes } from '../../src/contract/nodes/node.ts';
import type { RunMessage } from '../../src/contract/message.ts';
import {
  ExecuteNodeResponseSchema,
  NodeService,
  type Assignment,
  type ExecuteNodeRequest,
  type ExecuteNodeResponse,
} from '../../src/grpc/generated/baton/v1/node_pb.js';
import { serviceDefinition } from '../../src/grpc/service-definition.ts';
import { verifyRun } from '../../src/projections/index.ts';
import { traceIdOf } from '../../src/tracing/span-ids.ts';
import { afterFile } from '../support/after-file.ts';
import { startBaton } from '../support/baton.ts';
import { until } from '../support/index.ts';
import { talkTo } from '../support/talk.ts';
import { joinNode, type TestNode } from './test-node.ts';

const baton = await startBaton({ BATON_ALLOW_PRIVATE_NETWORK: '1', BATON_TRACE_PROPAGATE: 'on' });
const address = await baton.startGrpc();
/** Of each test its own, so that tests do not take each other's work. */
let counted = 0;
const capability = () => `work-${++counted}`;
const register = (node: string, can: string, more: object = {}) => ({
  node,
  instance: `${node}-1`,
  capabilities: [can],
  ...more,
});

async function publish(name: string, step: string, more = ''): Promise<void> {
  await baton.publish(`
name: ${name}
version: 1.0.0
inputs: { text: { type: string, default: hello } }
steps:
  - key: work
${step
  .trim()
  .split('\n')
  .map((line) => `    ${line}`)
  .join('\n')}
${more}`);
}

const begin = async (workflow: string) => (await baton.start({ workflow, inputs: {} })).id;
const step = async (id: string) => (await baton.steps(id))['work'];
const has = (node: TestNode, count = 1): Promise<Assignment> =>
  until(async () => node.given()[count - 1] ?? null) as Promise<Assignment>;
const nodeOf = async (name: string) => (await baton.call<Node>('GET', `/nodes/${name}`)).body;
const toldOf = (node: TestNode, name: string) => node.told.filter((one) => one.case === name);

test('a step is done by a node that fits, and says so in the thread', async () => {
  const can = capability();
  await publish(
    'plain',
    `node: { capability: ${can}, labels: { gpu: a100 }, input: { said: "{{ inputs.text }}" } }`,
  );
  const other = joinNode(address, register('other', can, { labels: { gpu: 't4' } }));
  const id = await begin('plain');
  const waiting = `a node that can ${can}, with gpu=a100: other has gpu=t4 and not a100`;
  await until(async () =>
    (await baton.run(id)).waiting_for.some(({ kind, text }) => kind === 'node' && text === waiting),
  );
  // The step comes with the history; that its work waits stood there before.
  await until(async () => (await step(id))?.waiting_for === waiting);
  expect(
    (await baton.call<{ items: { id: string }[] }>('GET', `/runs?filter=waiting:node`)).body.items,
  ).toMatchObject([{ id }]);

  const node = joinNode(address, register('fits', can, { labels: { gpu: 'a100' }, slots: 2, version: '7' }));
  const work = await has(node);
  expect(work).toMatchObject({
    run: id,
    step: 'work',
    attempt: 1,
    capability: can,
    input: { text: '{"said":"hello"}' },
  });
  expect(work.idempotencyKey).toBe(`${id}/0/work/1`);
  expect(work.traceparent).toMatch(new RegExp(`^00-${traceIdOf(id)}-[0-9a-f]{16}-01$`));
  node.accept(work);
  node.say({ case: 'progress', value: { assignment: work.id, share: 0.25, text: 'quarter' } });
  node.say({ case: 'comment', value: { assignment: work.id, text: 'half way' } });
  await until(async () => (await nodeOf('fits')).assignments[0]?.progress?.text === 'quarter');
  expect((await step(id))?.assignment).toMatchObject({
    node: 'fits',
    status: 'running',
    why: 'fits is the only node that fits',
  });
  expect(await nodeOf('fits')).toMatchObject({
    state: 'ready',
    used: 1,
    slots: 2,
    version: '7',
    address: null,
  });
  node.complete(work, { big: 1, of: ['x'] });

  const run = await baton.finished(id);
  expect(run).toMatchObject({ status: 'completed', output: { big: 1, of: ['x'] } });
  const thread = (await baton.items<RunMessage>(`/runs/${id}/messages`)).map(({ content }) => content);
  expect(thread).toEqual(expect.arrayContaining(['fits: half way', 'work: done by fits']));
  expect(await verifyRun(baton.database, id)).toMatchObject({ differences: [] });
  expect(other.given()).toEqual([]);
});

test('a node that is killed, or falls silent, loses its work to another under the same key; its late answer does not count', async () => {
  const can = capability();
  await publish('lost', `node: ${can}`);
  const killed = joinNode(address, register('killed', can));
  const id = await begin('lost');
  const first = await has(killed);
  killed.accept(first);
  await until(async () => (await step(id))?.assignment?.status === 'running');
  const silent = joinNode(address, register('silent', can, { leaseMs: 0 }));
  const third = joinNode(address, register('third', can, { price: 10n }));
  await until(async () => (await nodeOf('third')).state === 'ready');
  // Of the two the one whose price is not known comes last.
  await baton.call('POST', '/nodes/third/drain');
  killed.die();

  const second = await has(silent);
  expect(second).toMatchObject({ attempt: 2, idempotencyKey: first.idempotencyKey });
  silent.accept(second);
  await until(async () => (await step(id))?.assignment?.status === 'running');
  await baton.call('POST', '/nodes/third/undrain');
  silent.fallSilent();
  const last = await has(third);
  expect(last).toMatchObject({ attempt: 3, idempotencyKey: first.idempotencyKey });
  third.accept(last);
  silent.complete(second, 'late');
  await until(async () => toldOf(silent, 'refused').length > 0);
  expect(toldOf(silent, 'refused')).toMatchObject([
    { value: { assignment: second.id, code: 'assignment_over' } },
  ]);
  third.complete(last, 'in time');

  const run = await baton.finished(id);
  expect(run).toMatchObject({ status: 'completed', output: 'in time' });
  expect((await step(id))?.attempts).toMatchObject([
    { error: { type: 'node_lost', message: expect.stringContaining('killed') }, category: 'INFRA_ERROR' },
    { error: { type: 'node_lost', message: expect.stringContaining('silent') }, category: 'INFRA_ERROR' },
    { error: null },
  ]);
  expect((await nodeOf('silent')).assignments).toMatchObject([{ status: 'lost', late_answers: 1 }]);
});

test('a node that has registered with a longer lease keeps its work in a silence in which another loses it', async () => {
  const [can, patiently] = [capability(), capability()];
  await publish('hasty', `node: ${can}`);
  await publish('patient', `node: ${patiently}`);
  const hasty = joinNode(address, register('hasty', can, { leaseMs: 0 }));
  const patient = joinNode(address, register('patient', patiently, { leaseMs: 60_000 }));
  const [other, id] = [await begin('hasty'), await begin('patient')];
  const works = [await has(hasty), await has(patient)] as const;
  hasty.accept(works[0]);
  patient.accept(works[1]);
  await until(async () => (await step(id))?.assignment?.status === 'running');
  patient.fallSilent();
  const heard = async (name: string) => Date.parse((await nodeOf(name)).seen_at);
  await until(async () => (await heard('hasty')) > (await heard('patient')) + 2_000);
  hasty.fallSilent();
  await until(async () => (await nodeOf('hasty')).assignments[0]?.status === 'lost');
  expect(await nodeOf('hasty')).toMatchObject({ state: 'away', lease_ms: 5_000 });
  expect(await nodeOf('patient')).toMatchObject({
    ...{ state: 'full', lease_ms: 60_000 },
    assignments: [{ status: 'running' }],
  });
  patient.complete(works[1], 'after all');
  expect(await baton.finished(id)).toMatchObject({ output: 'after all' });
  expect((await step(id))?.attempts).toHaveLength(1);
  await baton.call('POST', `/runs/${other}/cancel`);
  await baton.finished(other);
});

test('a node that comes back with its work keeps it, also by another API; one that has started anew has lost it', async () => {
  const can = capability();
  await publish('back', `node: ${can}`);
  const further = await baton.startApi();
  const elsewhere = await further.startGrpc();
  const before = joinNode(address, register('back', can));
  const id = await begin('back');
  const work = await has(before);
  before.accept(work);
  await until(async () => (await step(id))?.assignment?.status === 'running');
  before.die();
  const again = joinNode(elsewhere, register('back', can, { running: [work.id] }));
  await until(async () => toldOf(again, 'registered').length > 0);
  again.complete(work, 'kept');
  expect(await baton.finished(id)).toMatchObject({ output: 'kept' });
  expect((await step(id))?.attempts).toHaveLength(1);
  again.die();
  await until(async () => (await nodeOf('back')).state === 'away');

  const old = joinNode(address, register('back', can));
  const next = await begin('back');
  const lost = await has(old);
  old.accept(lost);
  await until(async () => (await step(next))?.assignment?.status === 'running');
  old.die();
  await until(async () => (await nodeOf('back')).state === 'away');
  const anew = joinNode(address, register('back', can, { instance: 'back-2' }));
  const same = await has(anew);
  expect(same.idempotencyKey).toBe(lost.idempotencyKey);
  anew.accept(same);
  anew.complete(same, 'anew');
  expect(await baton.finished(next)).toMatchObject({ output: 'anew' });
});

test('what a node says is checked', async () => {
  const can = capability();
  await publish(
    'checked',
    `
node: ${can}
output_schema: { type: object, required: [url] }
retry: { attempts: 4, initial: 1ms }
onError: continue`,
  );
  const node = joinNode(address, register('liar', can));
  await until(async () => toldOf(node, 'registered').length > 0);
  const twin = joinNode(address, register('liar', can, { instance: 'liar-2' }));
  expect(await twin.ended).toMatchObject({ code: 'node_taken', status: 'FAILED_PRECONDITION' });
  const wrong = joinNode(address, register('no name', '*', { leaseMs: 1 }));
  expect(await wrong.ended).toMatchObject({
    code: 'node_invalid',
    violations: [{ field: 'node' }, { field: 'lease_ms' }, { field: 'capabilities[0]' }],
  });

  const id = await begin('checked');
  const a = await has(node);
  node.say({ case: 'completed', value: { assignment: 'another', result: { text: '1' } } });
  await until(async () => toldOf(node, 'refused').length === 1);
  expect(toldOf(node, 'refused')[0]).toMatchObject({ value: { code: 'assignment_unknown' } });
  node.accept(a);
  node.say({ case: 'completed', value: { assignment: a.id, result: { text: '{"url":' } } });
  const second = await has(node, 2);
  node.accept(second);
  node.complete(second, { address: 1 });
  const third = await has(node, 3);
  node.accept(third);
  node.say({
    case: 'failed',
    value: { assignment: third.id, message: 'no paint', data: { text: '{"left":0}' } },
  });
  const fourth = await has(node, 4);
  node.accept(fourth);
  node.say({ case: 'failed', value: { assignment: fourth.id, message: 'broken for good', isFinal: true } });
  await baton.finished(id);
  const { attempts } = (await step(id))!;
  expect(attempts.map(({ error }) => error?.type)).toEqual([
    ...['node_result_invalid', 'node_result_invalid', 'node_failed', 'node_failed'],
  ]);
  expect(attempts[1]?.error?.message).toContain('url');
  expect(attempts[3]?.error?.message).toBe('liar: broken for good');
  const keys = node.given().map(({ idempotencyKey }) => idempotencyKey);
  expect(new Set(keys).size).toBe(4);

  for (let at = 0; at < 2_000; at++) node.say({ case: 'heartbeat', value: {} });
  expect(await node.ended).toMatchObject({ code: 'too_many_messages' });
});

test('a rejected piece goes to the others; cancel, pause and instructions reach the node', async () => {
  const can = capability();
  await publish('told', `node: { capability: ${can}, prefer: { near: 'yes' } }`);
  const picky = joinNode(address, register('picky', can, { labels: { near: 'yes' } }));
  await until(async () => toldOf(picky, 'registered').length > 0);
  const id = await begin('told');
  const unwanted = await has(picky);
  const node = joinNode(address, register('willing', can));
  picky.say({ case: 'rejected', value: { assignment: unwanted.id, reason: 'no disk left' } });
  const work = await has(node);
  expect(work.id).toBe(unwanted.id);
  node.accept(work);
  await until(async () => (await step(id))?.assignment?.status === 'running');
  const { body: match } = await baton.call<NodeMatch>('POST', '/nodes/match', { capability: can });
  expect(match).toMatchObject({ node: 'picky', why: 'picky is the only node that fits' });
  expect(match.considered.find(({ node: one }) => one === 'willing')?.against).toEqual([
    'has all of its 1 slots taken',
  ]);

  const told = await talkTo(baton, id).tell('Use less red', {
    action_type: 'instruction',
    target: 'work',
    by: 'ann',
  });
  expect((await talkTo(baton, id).message(told.messageId)).action_status).toBe('processed');
  await until(async () => toldOf(node, 'instruction').length === 1);
  expect(toldOf(node, 'instruction')).toMatchObject([
    { value: { assignment: work.id, text: 'Use less red', by: 'ann' } },
  ]);
  await baton.call('POST', `/runs/${id}/pause`, { reason: 'lunch' });
  await until(async () => toldOf(node, 'paused').length === 1);
  await baton.call('POST', `/runs/${id}/unpause`, {});
  await until(async () => toldOf(node, 'resumed').length === 1);
  await baton.call('POST', `/runs/${id}/cancel`, {});
  await until(async () => toldOf(node, 'cancel').length === 1);
  expect(await baton.finished(id)).toMatchObject({ status: 'cancelled' });
  expect(await verifyRun(baton.database, id)).toMatchObject({ differences: [] });
});

test('a node that Baton calls answers, fails, is tried elsewhere, and sees that nobody wants it any more', async () => {
  const can = capability();
  type Call = ServerUnaryCall<ExecuteNodeRequest, ExecuteNodeResponse>;
  const asked: Assignment[] = [];
  const traces = new Set<string | undefined>();
  let gone = 0;
  const serve = async (answer: (call: Call, reply: sendUnaryData<ExecuteNodeResponse>) => void) => {
    const server = new Server();
    server.addService(serviceDefinition(NodeService), {
      executeNode: (call: Call, reply: sendUnaryData<ExecuteNodeResponse>) => {
        asked.push(call.request.node!);
        traces.add(call.metadata.get('traceparent')[0]?.toString().split('-')[1]);
        call.on('cancelled', () => gone++);
        answer(call, reply);
      },
    });
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      ),
    );
    afterFile(async () => server.forceShutdown());
    return { server, url: `grpc://127.0.0.1:${port}` };
  };
  const response = (message: Parameters<typeof create<typeof ExecuteNodeResponseSchema>>[1]) =>
    create(ExecuteNodeResponseSchema, message);
  const broken = await serve(() => broken.server.forceShutdown());
  const good = await serve(({ request }, reply) => {
    if (request.node?.input?.text === '"wait"') return;
    reply(
      null,
      response({ outcome: { case: 'result', value: { text: '9007199254740993' } }, comments: ['counted'] }),
    );
  });
  await publish('called', `node: { capability: ${can}, input: { text: '{{ inputs.text }}' } }`);
  await publish('waiting', `node: { capability: ${can}, input: wait }`);
  for (const [name, url, price] of [
    ['broken', broken.url, 1],
    ['good', good.url, 2],
  ] as const)
    expect(
      await baton.call<Node>('PUT', `/nodes/${name}`, { address: url, capabilities: [can], price }),
    ).toMatchObject({ status: 200, body: { state: 'ready', address: url } });

  const id = await begin('called');
  const run = await baton.finished(id);
  expect(run.status).toBe('completed');
  const whole = await fetch(`${baton.url}/api/v1/runs/${id}/output`);
  expect(await whole.text()).toContain('9007199254740993');
  const { attempts } = (await step(id))!;
  expect(attempts.map(({ error }) => error?.type ?? null)).toEqual(['node_lost', null]);
  expect(new Set(asked.map(({ idempotencyKey }) => idempotencyKey))).toEqual(new Set([`${id}/0/work/1`]));
  expect(traces).toEqual(new Set([traceIdOf(id)]));
  const told = asked.map(({ traceparent }) => traceparent.split('-'));
  expect(new Set(told.map(([, trace]) => trace))).toEqual(new Set([traceIdOf(id)]));
  expect(new Set(told.map(([, , span]) => span)).size).toBe(2);

  expect((await baton.call('DELETE', '/nodes/broken')).status).toBe(200);
  const stopped = await begin('waiting');
  await until(async () => (await step(stopped))?.assignment?.status === 'running');
  await baton.call('POST', `/runs/${stopped}/cancel`, {});
  expect(await baton.finished(stopped)).toMatchObject({ status: 'cancelled' });
  await until(async () => gone > 0);
});

test('what nobody can do says what is missing when its time is over; nodes are drained, and forgotten', async () => {
  const can = capability();
  await publish('nobody', `\nnode: ${can}\ntimeout: 20s`);
  const drained = joinNode(address, register('drained', can));
  await until(async () => toldOf(drained, 'registered').length > 0);
  drained.say({ case: 'drain', value: {} });
  await until(async () => (await nodeOf('drained')).state === 'draining');
  const id = await begin('nobody');
  await until(async () =>
    (await baton.call<Nodes>('GET', '/nodes')).body.waiting.some(
      ({ run, why }) => run === id && why !== null,
    ),
  );
  const run = await baton.finished(id);
  expect(run.error?.type).toBe('timeout');
  expect(run.error?.message).toContain(
    `No node took it within its timeout of 20000 ms. It waited for a node that can ${can}: drained takes nothing new.`,
  );
  expect(await baton.call('DELETE', '/nodes/drained')).toMatchObject({ status: 200 });
  expect(await drained.ended).toMatchObject({ code: 'node_gone' });
  expect(await baton.call('GET', '/nodes/drained')).toMatchObject({
    status: 404,
    body: { code: 'node_not_found' },
  });
});
