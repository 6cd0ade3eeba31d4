/** Checkpoints of real runs: listed, named, restored in place, forked; and what is refused. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, test } from 'vitest';
import type {
  Checkpoint,
  CheckpointDetail,
  CheckpointTaken,
  ForkPreview,
  RestoreAnswer,
} from '../src/contract/checkpoint.ts';
import type { Problem } from '../src/contract/problem.ts';
import type { Run } from '../src/contract/run.ts';
import type { RunEvent } from '../src/contract/event.ts';
import type { RunMessage } from '../src/contract/message.ts';
import { sql } from '../src/database/sql.ts';
import { rebuildRun, verifyRun } from '../src/projections/index.ts';
import { archiveRuns } from '../src/maintenance/index.ts';
import type { Question } from '../src/contract/question.ts';
import { PROJECTED } from '../src/tables/projected/index.ts';
import { runEpochs } from '../src/tables/stored/run-epochs.ts';
import type { Table } from '../src/tables/table.ts';
import { rowsOfRun } from '../src/tables/statements/rows-of-run.ts';
import { runCommand } from './cli/run-command.ts';
import { afterFile } from './support/after-file.ts';
import { startBaton } from './support/baton.ts';
import { startFakeOpenAi } from './support/fake-openai.ts';
import { until } from './support/index.ts';
import { temporaryHome } from './support/temporary-home.ts';

interface Request {
  readonly path: string;
  readonly key: string | undefined;
  readonly response: ServerResponse;
}

/** What came, in order. `…/hold` is answered by the test; `…/broken` is a 404 until it is mended. */
const requests: Request[] = [];
const mended = new Set<string>();
const server = createServer((request: IncomingMessage, response) => {
  const path = request.url ?? '';
  requests.push({ path, key: request.headers['idempotency-key'] as string | undefined, response });
  if (path.endsWith('/hold')) return;
  response.writeHead(path.endsWith('/broken') && !mended.has(path) ? 404 : 200).end('{}');
});
await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
/** The writer does not answer before it may. */
let mayAnswer = false;
const vendor = await startFakeOpenAi({
  answer: async ({ model, messages }) => {
    if (model === 'asker') {
      const last = messages.at(-1);
      if (last?.role === 'tool') return { reply: `Painted: ${String(last.content)}` };
      return { toolCalls: [{ id: 'c1', name: 'ask_user', arguments: { question: 'Which colour?' } }] };
    }
    await until(() => mayAnswer);
    return { reply: 'Written.' };
  },
});
afterFile(async () => {
  server.closeAllConnections();
  server.close();
  await vendor.stop();
});

const baton = await startBaton({
  BATON_COMPATIBLE_BASE_URL: vendor.url,
  BATON_ALLOW_PRIVATE_NETWORK: '1',
  BATON_ALLOW_COMMANDS: '1',
});
const post = (to: string) => `http: { method: POST, url: "${url}/{{ name }}/${to}" }`;
const get = (to: string) => `http: { url: "${url}/{{ name }}/${to}" }`;
beforeAll(async () => {
  await baton.publish(`
name: ship
version: 1.0.0
inputs: { name: string }
steps:
  - { key: fetch, ${get('fetch')} }
  - { key: build, ${post('build')}, dependencies: [fetch], idempotent: true }
  - { key: deploy, ${post('broken')}, dependencies: [build] }
`);
  await baton.publish(`
name: hold
version: 1.0.0
inputs: { name: string }
steps:
  - { key: fetch, ${get('fetch')} }
  - { key: wait, ${post('hold')}, dependencies: [fetch] }
`);
  await baton.publish(`
name: files
version: 1.0.0
inputs: { name: string }
workspace: {}
steps:
  - { key: write, command: [sh, -c, "echo kept here > file"] }
  - { key: wait, ${post('hold')}, dependencies: [write] }
  - { key: read, command: [cat, file], dependencies: [wait] }
`);
  await baton.publish(`
name: write
version: 1.0.0
inputs: { name: string }
steps:
  - { key: fetch, ${get('fetch')} }
  - { key: text, agent: writer, model: compatible/writer, prompt: "Write", dependencies: [fetch], tools: [] }
agents: { writer: { purpose: writes, system: You write. } }
`);
  await baton.publish(`
name: paint
version: 1.0.0
steps: [{ key: paint, agent: code, model: compatible/asker, prompt: "Paint", tools: [ask_user] }]
`);
});

const cameTo = (path: string) => requests.filter((request) => request.path === path);
const list = (id: string) => baton.items<Checkpoint>(`/runs/${id}/checkpoints`);
/** As clients do: on a busy machine the tables may be behind, and the same request again is the same request. */
const restore = <T = RestoreAnswer>(id: string, body: object) => {
  const key = { 'idempotency-key': randomUUID() };
  return until(async () => {
    const answer = await baton.call<T>('POST', `/runs/${id}/restore`, { by: 'eve', ...body }, key);
    return answer.status !== 503 && answer;
  });
};
async function verified(id: string, status = 'completed') {
  const run = await baton.finished(id);
  expect(run).toMatchObject({ status, diverged: null });
  expect(await verifyRun(baton.database, id)).toMatchObject({ ok: true });
  return run;
}
/** All that the tables have of a run. */
async function rowsOf(id: string) {
  const all = await Promise.all(
    [...Object.values<Table>(PROJECTED), runEpochs].map(async (table) => [
      table.name,
      (await baton.database.query(rowsOfRun(table, id))).rows,
    ]),
  );
  return JSON.stringify(all);
}

describe('a run that failed', () => {
  let id = '';
  beforeAll(async () => {
    ({ id } = await baton.start({ workflow: 'ship', inputs: { name: 'failed' } }));
    await baton.finished(id);
  });

  test('has a checkpoint for each step that settled, and one for its end; rebuilt they are the same', async () => {
    const checkpoints = await list(id);
    expect(checkpoints.map(({ number, reason, settled }) => [number, reason, settled])).toEqual([
      [4, 'close', []],
      [3, 'step', ['deploy']],
      [2, 'step', ['build']],
      [1, 'step', ['fetch']],
    ]);
    const { body } = await baton.call<CheckpointDetail>('GET', `/runs/${id}/checkpoints/cp-2`);
    expect(body).toMatchObject({
      number: 2,
      parent: 1,
      changes: {
        steps: [
          { key: 'build', from: 'running', to: 'completed' },
          { key: 'deploy', to: 'running' },
        ],
      },
      takes_along: { results: 2 },
    });
    expect(body.takes_along.state_bytes).toBeGreaterThan(body.takes_along.result_bytes);
    await rebuildRun(baton.database, id);
    expect(await list(id)).toEqual(checkpoints);
  });

  test('has a fork do again what it has done since, which the preview tells', async () => {
    const { body } = await baton.call<ForkPreview>('POST', `/runs/${id}/forks`, {
      ...{ checkpoint: '1', dry_run: true },
    });
    expect(body.forks[0]?.preview).toMatchObject({
      ...{ kept: ['fetch'], runs_again: ['build'], dropped: [], may_repeat: ['deploy'] },
    });
  });

  test('is set back into its middle, and does from there what it did not bring to a good end', async () => {
    const foretold = await restore(id, { checkpoint: 1, dry_run: true });
    expect(foretold).toMatchObject({
      status: 200,
      body: {
        dry_run: true,
        run: { status: 'failed', epoch: 0 },
        preview: { kept: ['fetch'], runs_again: ['build', 'deploy'], may_repeat: ['deploy'] },
      },
    });
    expect(foretold.body.preview.dropped).toEqual(['deploy', 'build'].sort());
    mended.add('/failed/broken');
    const { status, body } = await restore(id, { checkpoint: 'cp-1', reason: 'the target is up again' });
    expect(status).toBeLessThan(300);
    expect(body.run.id).toBe(id);
    const run = await verified(id);
    expect(run).toMatchObject({ epoch: 1, error: null });
    expect(cameTo('/failed/fetch')).toHaveLength(1);
    const keys = cameTo('/failed/build').map(({ key }) => key);
    expect(keys).toEqual([`${id}/0/build/1`, `${id}/1/build/1`]);
    expect((await list(id))[0]).toMatchObject({ epoch: 1, reason: 'close' });
  });

  test('once it has completed, a step is done anew with what depends on it', async () => {
    const before = cameTo('/failed/build').length;
    const [newest] = await list(id);
    const { body } = await restore(id, { checkpoint: newest?.number, from: 'build' });
    expect(body.preview).toMatchObject({ kept: ['fetch'], runs_again: ['build', 'deploy'], dropped: [] });
    await until(async () => (await baton.run(id)).epoch === 2);
    await verified(id);
    expect(cameTo('/failed/fetch')).toHaveLength(1);
    expect(cameTo('/failed/build')).toHaveLength(before + 1);
  });

  test('the command line does the same', async () => {
    const cli = (...args: string[]) => runCommand({ BATON_URL: baton.url }, args);
    expect((await cli('checkpoints', id)).out).toMatch(/^cp-2 .* step .* build$/m);
    expect((await cli('checkpoints', id, 'cp-2')).out).toMatch(/^build +running +completed +1$/m);
    expect((await cli('restore', id, '2', '--dry-run')).out).toContain('runs again: deploy');
    expect(await cli('restore', id, '77')).toMatchObject({ code: 2 });
    mended.add('/other/broken');
    const forked = await cli('fork', id, 'cp-1', '--set', 'inputs.name=other', '--wait', '-o', 'json');
    expect(forked).toMatchObject({ code: 0 });
    const fork = JSON.parse(forked.out) as Run;
    expect(fork).toMatchObject({
      status: 'completed',
      inputs: { name: 'other' },
      lineage: { forked_from: { run: id, checkpoint: 1 } },
    });
    await verified(fork.id);
    expect(cameTo('/other/fetch')).toHaveLength(0);
    expect((await cli('status', id)).out).toContain(`run ${fork.id} was forked from its cp-1`);
  });

  test('refuses a checkpoint, and a step, that it does not have', async () => {
    for (const checkpoint of ['99', 'cp-0', 'no such label', 99]) {
      expect(await restore<Problem>(id, { checkpoint })).toMatchObject({
        status: 404,
        body: { code: 'checkpoint_not_found' },
      });
    }
    expect(await restore<Problem>(id, { checkpoint: 1, from: 'nobody' })).toMatchObject({
      status: 404,
      body: { code: 'step_not_found' },
    });
    expect(await baton.call('GET', '/runs/nobody/checkpoints')).toMatchObject({ status: 404 });
  });
});

describe('an open run is set back', () => {
  const begun = async (name: string) => {
    const { id } = await baton.start({ workflow: 'hold', inputs: { name } });
    await until(async () => cameTo(`/${name}/hold`).length === 1 && (await list(id)).length === 1);
    return id;
  };
  const asked = (id: string, body: object, key: string) =>
    baton.call<RestoreAnswer & Problem>('POST', `/runs/${id}/restore`, body, { 'idempotency-key': key });

  test('once what is under way has come to its end; the same request twice, and at once, counts once', async () => {
    const id = await begun('drained');
    const foretold = await restore(id, { checkpoint: 1, dry_run: true });
    expect(foretold.body).toMatchObject({ run: { status: 'running' }, preview: { runs_again: ['wait'] } });
    const body = { checkpoint: 1, by: 'eve', timeout: '3s' };
    const first = await asked(id, body, 'drain');
    expect(first).toMatchObject({ status: 409, body: { code: 'run_not_at_rest' } });
    // Whether the run has read the pause within these seconds is open.
    await until(async () => (await baton.run(id)).is_paused);
    const late = await asked(id, { ...body, timeout: '1s' }, 'drain');
    expect(late).toMatchObject({ status: 409, body: { code: 'run_not_at_rest' } });
    expect(late.body.detail).toContain('1 of 1 steps');
    expect(await baton.run(id)).toMatchObject({
      epoch: 0,
      is_paused: true,
      pause_reason: expect.stringContaining('cp-1'),
    });

    const both = Promise.all([1, 2].map(() => asked(id, { checkpoint: 1, by: 'eve' }, 'drain')));
    cameTo('/drained/hold')[0]?.response.end('{}');
    for (const { status, body: answer } of await both) {
      expect(status).toBeLessThan(300);
      expect(answer.preview).toMatchObject({ kept: ['fetch'], runs_again: ['wait'] });
    }
    await until(() => cameTo('/drained/hold').length === 2);
    cameTo('/drained/hold')[1]?.response.end('{}');
    expect(await verified(id)).toMatchObject({ epoch: 1, error: null });
    expect(cameTo('/drained/hold').map(({ key }) => key)).toEqual([`${id}/0/wait/1`, `${id}/1/wait/1`]);
    expect(cameTo('/drained/fetch')).toHaveLength(1);
    expect(await asked(id, { checkpoint: 1, by: 'eve' }, 'drain')).toMatchObject({ status: 200 });
    const thread = await baton.items<RunMessage>(`/runs/${id}/messages`);
    const asks = thread.filter(({ message_type }) => message_type === 'user');
    expect(asks.map(({ action_type, author }) => [action_type, author])).toEqual([
      ['pause', 'eve'],
      ['restore', 'eve'],
    ]);
  });

  test('at once, where what is under way is stopped', async () => {
    const id = await begun('aborted');
    const body = { checkpoint: 'cp-1', mode: 'abort', reason: 'wrong target', by: 'eve' };
    const { status, body: answer } = await asked(id, body, 'abort');
    expect(status).toBeLessThan(300);
    expect(answer.run).toMatchObject({ epoch: 1, is_paused: false });
    await until(() => cameTo('/aborted/hold').length === 2);
    cameTo('/aborted/hold')[1]?.response.end('{}');
    const restored = { by: 'eve', reason: 'wrong target' };
    expect(await verified(id)).toMatchObject({ epoch: 1, metadata: { restore: restored } });
    const events = await baton.items<RunEvent>(`/runs/${id}/events`);
    const ends = events.filter(({ type }) => type === 'complete');
    expect(ends).toMatchObject([{ data: { status: 'completed' } }]);
    const checkpoints = await list(id);
    expect(checkpoints.map(({ number, epoch, reason, parent }) => [number, epoch, reason, parent])).toEqual([
      [4, 1, 'close', 3],
      [3, 1, 'step', 1],
      [2, 0, 'close', 1],
      [1, 0, 'step', null],
    ]);
    await rebuildRun(baton.database, id);
    expect(await list(id)).toEqual(checkpoints);
  });

  test('while a person has paused it, and when its end has begun; of two who ask, one sets it back', async () => {
    const id = await begun('twice');
    await baton.call('POST', `/runs/${id}/pause`, { mode: 'now', by: 'ann' });
    await until(async () => (await baton.run(id)).pause_drained_at !== null);
    const answers = await Promise.all([
      asked(id, { checkpoint: 1 }, 'one'),
      asked(id, { checkpoint: 1 }, 'two'),
    ]);
    const codes = answers.filter(({ status }) => status >= 300).map(({ body }) => body.code);
    // The other hears of it from the claim, or from Temporal before the tables show it.
    expect([['continue_in_progress'], ['projection_behind']]).toContainEqual(codes);
    await until(() => cameTo('/twice/hold').length === 2);
    const ending = baton.call('POST', `/runs/${id}/cancel`, { by: 'ann' });
    await until(async () => (await baton.run(id)).epoch === 1);
    await ending;
    expect((await restore(id, { checkpoint: 1, mode: 'abort' })).status).toBeLessThan(300);
    await until(() => cameTo('/twice/hold').length === 3);
    cameTo('/twice/hold')[2]?.response.end('{}');
    expect(await verified(id)).toMatchObject({ epoch: 2 });
  });

  test('goes on in the workspace that it has', async () => {
    const { id } = await baton.start({ workflow: 'files', inputs: { name: 'files' } });
    await until(async () => cameTo('/files/hold').length === 1 && (await list(id)).length === 1);
    const { workspace_path: path } = await baton.run(id);
    expect((await restore(id, { checkpoint: 1, mode: 'abort' })).status).toBeLessThan(300);
    await until(() => cameTo('/files/hold').length === 2);
    cameTo('/files/hold')[1]?.response.end('{}');
    const run = await verified(id);
    expect(run).toMatchObject({ epoch: 1, workspace_path: path });
    expect(JSON.stringify(run.output)).toContain('kept here');
  });

  test('but no word of a person is lost by that; the command line sets it back, and waits', async () => {
    mayAnswer = false;
    const { id } = await baton.start({ workflow: 'write', inputs: { name: 'heard' } });
    await until(async () => (await list(id)).length === 1);
    await until(async () => (await baton.steps(id))['text']?.status === 'running');
    const said = { content: 'Be brief', action_type: 'instruction', id: 'm2', by: 'ann' };
    expect((await baton.call('POST', `/runs/${id}/messages`, said)).status).toBeLessThan(300);
    const refused = await restore<Problem & { messages: number[] }>(id, { checkpoint: 1, mode: 'abort' });
    expect(refused).toMatchObject({ status: 409, body: { code: 'would_drop_messages' } });
    expect(await baton.run(id)).toMatchObject({ is_paused: false });
    mayAnswer = true;
    const seq = String(refused.body.messages[0]);
    const cli = await runCommand({ BATON_URL: baton.url }, [
      ...[
        'restore',
        id,
        'cp-1',
        '--mode',
        'abort',
        '--timeout',
        '20s',
        '--drop',
        seq,
        '--wait',
        '-o',
        'json',
      ],
    ]);
    expect(cli, cli.err).toMatchObject({ code: 0 });
    expect(JSON.parse(cli.out)).toMatchObject({ id, status: 'completed', epoch: 1 });
    await verified(id);
  });
});

test('an open run is named and forked, and stays as it is', async () => {
  const { id } = await baton.start({ workflow: 'hold', inputs: { name: 'open' }, labels: { team: 'core' } });
  await until(() => cameTo('/open/hold').length === 1);
  const label = { label: 'before the migration', by: 'ann' };
  const named = await baton.call<CheckpointTaken>('POST', `/runs/${id}/checkpoints`, label);
  expect(named).toMatchObject({ status: 200, body: { checkpoint: { label: label.label, reason: 'label' } } });

  // Temporal tells of the worker's start only with the end of the step: until then nothing of the run moves.
  const before = await rowsOf(id);
  const headers = { 'idempotency-key': `fork-${id}` };
  const body = { checkpoint: label.label, labels: { try: 'second' }, reason: 'another try', by: 'eve' };
  const forked = await baton.call<Run>('POST', `/runs/${id}/forks`, body, headers);
  expect(forked.status).toBe(201);
  const again = await baton.call<Run>('POST', `/runs/${id}/forks`, body, headers);
  expect(again).toMatchObject({ status: 200, body: { id: forked.body.id } });
  await until(() => cameTo('/open/hold').length === 2);
  expect(cameTo('/open/hold')[1]?.key).toBe(`${forked.body.id}/0/wait/1`);
  cameTo('/open/hold')[1]?.response.end('{}');
  const fork = await verified(forked.body.id);
  expect(fork).toMatchObject({
    labels: { team: 'core', try: 'second' },
    lineage: { forked_from: { run: id, checkpoint: named.body.checkpoint?.number } },
  });
  expect(cameTo('/open/fetch')).toHaveLength(1);
  expect(await rowsOf(id)).toBe(before);
  expect((await baton.run(id)).forks).toEqual([{ run: fork.id, checkpoint: named.body.checkpoint?.number }]);

  cameTo('/open/hold')[0]?.response.end('{}');
  await verified(id);
  const { runs } = await archiveRuns(baton.database, { olderThanMs: 0, to: 'nowhere', dryRun: true });
  expect(runs).toContain(fork.id);
  expect(runs).not.toContain(id);
});

test('an agent of a fork goes on in its own line, and answers for nobody else', async () => {
  const { id } = await baton.start({ workflow: 'paint' });
  const asked = async (run: string) => {
    let question: string | undefined;
    await until(async () => {
      [question] = (await baton.items<Question>(`/questions?run=${run}`)).map((one) => one.id);
      return question !== undefined;
    });
    return question;
  };
  await asked(id);
  await baton.call('POST', `/runs/${id}/checkpoints`, { label: 'asked' });
  const { body: fork } = await baton.call<Run>('POST', `/runs/${id}/forks`, { checkpoint: 'asked' });
  for (const [run, colour] of [
    [fork.id, 'red'],
    [id, 'blue'],
  ] as const) {
    const body = { question: await asked(run), answer: colour, by: 'ann' };
    expect((await baton.call('POST', `/runs/${run}/answers`, body)).status).toBeLessThan(300);
    expect(JSON.stringify((await verified(run)).output)).toContain(colour);
  }
  const [of, its] = await Promise.all([id, fork.id].map((run) => baton.steps(run)));
  expect(its?.['paint']?.session_id).toBe(of?.['paint']?.session_id);
  const folder = temporaryHome();
  const { runs } = await archiveRuns(baton.database, { olderThanMs: 0, to: folder, dryRun: false });
  expect(runs).toContain(fork.id);
  expect(runs).not.toContain(id);
  const transcript = await baton.items(`/sessions/${of?.['paint']?.session_id ?? ''}/messages`);
  expect(JSON.stringify(transcript)).toContain('Painted');
});

test('what a person said and nobody has read is dropped only by name', async () => {
  mayAnswer = false;
  const { id } = await baton.start({ workflow: 'write', inputs: { name: 'said' } });
  await until(async () => (await baton.steps(id))['text']?.status === 'running');
  const said = { content: 'Be brief', action_type: 'instruction', id: 'm1', by: 'ann' };
  expect((await baton.call('POST', `/runs/${id}/messages`, said)).status).toBeLessThan(300);
  await baton.call('POST', `/runs/${id}/cancel`, { by: 'ann' });
  await verified(id, 'cancelled');
  const [message] = (await baton.items<RunMessage>(`/runs/${id}/messages`)).filter(
    ({ message_id }) => message_id === 'm1',
  );
  expect(await restore<Problem>(id, { checkpoint: 1 })).toMatchObject({
    status: 409,
    body: { code: 'would_drop_messages', messages: [message?.seq] },
  });
  mayAnswer = true;
  const restored = await restore(id, { checkpoint: 1, drop_messages: [message?.seq] });
  expect(restored.status).toBeLessThan(300);
  await until(async () => (await baton.run(id)).epoch === 1);
  await verified(id);
  const { rows } = await baton.database.query(
    sql`select action from run_epochs where run_id = ${id} order by epoch`,
  );
  expect(rows).toEqual([{ action: 'restore' }]);
});
