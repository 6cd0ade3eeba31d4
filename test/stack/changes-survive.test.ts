/**
 * Edits, restores and forks while a part of the stack is killed: whoever sends one again until it is answered finds that
 * it has happened once and whole. No run is left between two plans, two branches or two beginnings.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Run, RunNow } from '../../src/contract/run.ts';
import { afterFile } from '../support/after-file.ts';
import { until } from '../support/index.ts';
import { OwnStack } from '../support/own-stack.ts';

const VICTIMS = ['--role workflows', 'projections/main', 'api/main', 'temporal server start-dev'];

const stack = new OwnStack();
afterFile(() => stack.remove());

const WAITS = `name: waits
version: 1.0.0
steps:
  - { key: ask, ask: { prompt: "Go?", approval: true } }
  - { key: ship, transform: "'shipped'", dependencies: [ask] }
`;
const ENDS = `name: ends
version: 1.0.0
steps:
  - { key: first, transform: "'one'" }
  - { key: second, transform: "'two'", dependencies: [first] }
  - { key: third, transform: "'three'", dependencies: [second] }
`;
const ASKS = `name: asks
version: 1.0.0
steps:
  - { key: first, transform: "'one'" }
  - { key: ask, ask: { prompt: "Go?", approval: true }, dependencies: [first] }
  - { key: second, transform: "'two'", dependencies: [ask] }
`;
/** Of an edit that was taken in part one of the two would be missing. */
const PAIR = ['test', 'sign'].map((key, at) => ({
  op: 'INSERT',
  step: { key, transform: `'${key}'` },
  after: at === 0 ? 'ask' : 'test',
  before: 'ship',
  rewire: true,
}));

async function publish(text: string): Promise<void> {
  const headers = { 'content-type': 'application/yaml' };
  const answer = await fetch(`${stack.info().api}/api/v1/workflows`, { method: 'POST', headers, body: text });
  expect(answer.ok, `${answer.status}`).toBe(true);
}

const start = (workflow: string, id: string) => insist('', { workflow, id }, id);

const addressOf = (path: string): string =>
  [`${stack.info().api}/api/v1/runs`, path].filter((part) => part !== '').join('/');

async function read<T>(path: string): Promise<T> {
  const answer = await fetch(addressOf(path));
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return (await answer.json()) as T;
}

/** Sends the same request until it is answered, as whoever was cut off would. */
async function insist<T>(path: string, body: object, key: string): Promise<T> {
  let said = '';
  const send = async (): Promise<{ readonly ok: boolean } | undefined> => {
    const answer = await fetch(addressOf(path), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
    });
    said = await answer.text();
    // What is in no form will not be in one later.
    return answer.ok || answer.status === 400 ? { ok: answer.ok } : undefined;
  };
  const { ok } = await until(send, { interval: 200, describe: () => `${path}: ${said}` });
  expect(ok, said).toBe(true);
  return JSON.parse(said) as T;
}

async function settled(id: string, status: string): Promise<Run> {
  const reached = async () => {
    const run = await read<Run>(id);
    return run.status === status ? run : undefined;
  };
  return until(reached, { describe: () => `${id} is ${status}` });
}

describe.runIf(process.platform === 'linux')('a change of a run', () => {
  beforeAll(async () => {
    const up = await stack.baton('up', '-d');
    if (up.code !== 0) throw new Error(up.err);
    for (const text of [WAITS, ENDS, ASKS]) await publish(text);
  });

  it.each(VICTIMS)('happens once and whole though the process dies: %s', async (words) => {
    const name = words.replaceAll(/\W/g, '');
    const [edited, restored, origin] = [`edited-${name}`, `restored-${name}`, `origin-${name}`];
    const open = `open-${name}`;
    await start('waits', edited);
    await start('asks', open);
    for (const id of [restored, origin]) await start('ends', id);
    await until(async () => (await read<{ items: object[] }>(`${edited}/questions`)).items.length === 1);
    await until(async () => (await read<{ items: object[] }>(`${open}/questions`)).items.length === 1);
    for (const id of [restored, origin]) await settled(id, 'completed');
    const before = await read<object>(`${origin}/steps`);

    const changes = Promise.all([
      insist(`${edited}/edits`, { id: 'pair', edits: PAIR, reason: 'tests first' }, `${name}-edit`),
      insist(`${restored}/restore`, { checkpoint: 'cp-1', from: 'second' }, `${name}-restore`),
      insist(`${open}/restore`, { checkpoint: 'cp-1' }, `${name}-back`),
      insist<Run>(`${origin}/forks`, { checkpoint: 'cp-1' }, `${name}-fork`),
    ]);
    stack.signal(words, 'SIGKILL');
    const [, , , fork] = await changes;

    const plan = await until(async () => {
      const { items } = await read<{ items: { revision: number; added: string[] }[] }>(`${edited}/edits`);
      return items.length > 1 && items;
    });
    expect(plan).toMatchObject([{ revision: 1, added: ['test', 'sign'] }, { revision: 0 }]);
    await insist(
      `${edited}/messages`,
      { action_type: 'answer', content: 'yes', metadata: { decision: 'approve' } },
      `${name}-yes`,
    );
    expect(await settled(edited, 'completed')).toMatchObject({ revision: 1, output: 'shipped' });

    await until(async () => (await read<Run>(restored)).epoch > 0);
    expect(await settled(restored, 'completed')).toMatchObject({ epoch: 1, output: 'three' });
    const isAsked = async () => {
      const { epoch, status } = await read<Run>(open);
      const { items } = await read<{ items: object[] }>(`${open}/questions?status=open`);
      return epoch > 0 && status === 'running' && items.length === 1;
    };
    await until(isAsked);
    const go = { action_type: 'answer', content: 'yes', metadata: { decision: 'approve' } };
    await insist(`${open}/messages`, go, `${name}-go`);
    expect(await settled(open, 'completed')).toMatchObject({ epoch: 1, output: 'two' });
    expect(await settled(fork.id, 'completed')).toMatchObject({ epoch: 0, output: 'three' });
    expect((await read<RunNow>(origin)).forks).toEqual([{ run: fork.id, checkpoint: 1 }]);
    expect(await read<object>(`${origin}/steps`)).toEqual(before);
  });

  it('leaves tables that follow from the stored events', async () => {
    const verified = await stack.baton('verify');
    expect(verified, verified.out).toMatchObject({ code: 0 });
    expect(verified.out.match(/: ok/g)).toHaveLength(5 * VICTIMS.length);
  });
});
