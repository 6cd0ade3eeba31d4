/** Talking to runs by the command line, with everything real but the model. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { afterFile } from '../support/after-file.ts';
import { startBaton } from '../support/baton.ts';
import { startFakeOpenAi, type Answerer } from '../support/fake-openai.ts';
import { Gate } from '../support/gate.ts';
import { runId, until } from '../support/index.ts';
import { runCommand, startCommand } from './run-command.ts';

const LIST = { toolCalls: [{ name: 'list_files', arguments: {} }] };
const turnsSoFar = (messages: Parameters<Answerer>[0]['messages']): number =>
  messages.filter(({ role }) => role === 'assistant').length;

/** Holds the answers of models until it is opened. */
let gate = new Gate();
const vendor = await startFakeOpenAi({
  answer: ({ messages }) => {
    const answer =
      turnsSoFar(messages) === 0 ? { chunks: ['I', ' look', '.'], ...LIST } : { reply: 'all done' };
    return { ...answer, gate: gate.wait };
  },
});
const stack = await startBaton({
  BATON_COMPATIBLE_BASE_URL: vendor.url,
  BATON_MODEL: 'compatible/gpt-5.4',
  BATON_ALLOW_PRIVATE_NETWORK: '1',
});
const home = mkdtempSync(join(tmpdir(), 'baton-talk-'));
afterFile(async () => {
  rmSync(home, { recursive: true, force: true });
  await vendor.stop();
});

const environment = { BATON_URL: stack.url, BATON_HOME: home };
const baton = (...args: string[]) => runCommand(environment, args);
const done = async (...args: string[]): Promise<string> => {
  const { code, out, err } = await baton(...args);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out;
};
const json = async <T>(...args: string[]): Promise<T> => JSON.parse(await done(...args, '-o', 'json')) as T;

beforeAll(async () => {
  await stack.publish(`
name: talk
version: 1.0.0
workspace: {}
inputs: { task: { type: string, default: "Build the login" } }
steps:
  - { key: plan, transform: '"plan of " + inputs.task' }
  - { key: code, agent: code, prompt: "{{ inputs.task }}", tools: [list_files], dependencies: [plan] }
  - { key: report, transform: 'code.result', dependencies: [code] }
`);
  await stack.publish(`
name: ask
version: 1.0.0
steps:
  - { key: where, ask: { prompt: "Which branch?", form: { type: object, required: [branch], properties: { branch: { type: string } } } } }
`);
});

/** A run whose agent is in its first model call. */
async function working(): Promise<string> {
  const id = runId('talk');
  const before = vendor.requests.length;
  await done('run', 'talk', '--id', id);
  await until(() => vendor.requests.length > before);
  return id;
}

beforeEach(() => {
  gate = new Gate();
});

describe('a state', () => {
  test('is told as it was after any event', async () => {
    const id = await working();
    gate.open();
    await stack.finished(id);
    expect(await done('state', id, '--at', '1')).toMatch(
      new RegExp(`^${id} after event 1, .*: pending; .*\\n`),
    );
    expect(await done('state', id)).toMatch(new RegExp(`^${id} after event \\d\\d, .*: completed .*\\n`));
    expect(await baton('state', id, '--at', '999')).toMatchObject({
      code: 2,
      err: expect.stringContaining('has no event 999; its newest is'),
    });
  });
});

describe('an instruction', () => {
  test('waits, is read once, and has its receipt, told live and at the end', async () => {
    const id = await working();
    const sent = await baton('message', id, 'Use JWT tokens', '--instruction', '--to', 'code', '--id', 'm1');
    expect(sent).toMatchObject({
      code: 0,
      out: 'Instruction waits for agent code (message m1)\n',
      notes: expect.stringContaining(`baton withdraw ${id} m1`),
    });
    await done('message', id, 'Use Redis', '--instruction', '--id', 'm2', '--by', 'ann');
    expect(await done('withdraw', id, 'm2')).toBe(`${id}: message m2 withdrawn\n`);
    expect(await done('status', id)).toContain(
      `1 message waits to be read: baton thread ${id} --status pending`,
    );
    expect(await done('thread', id, '--status', 'pending')).toMatch(
      /^── [-\d]+, times in UTC ──\n\d\d:\d\d:\d\d {2}\S+@\S+ {2}\[instruction to code\] Use JWT tokens · pending\n$/,
    );
    expect(await done('thread', id, '--status', 'ignored')).toMatch(
      /ann {2}\[instruction\] Use Redis · ignored \(withdrawn\): /,
    );
    const follower = startCommand(environment, ['thread', id, '--follow', '--type', 'user']);
    await until(() => follower.said.out.includes('Use Redis'), { describe: () => follower.said });
    writeFileSync(join(home, 'more.md'), 'And write tests\n');
    const waiting = baton('message', id, `@${join(home, 'more.md')}`, '--instruction', '--wait');
    await until(() => follower.said.out.includes('And write tests'));
    const first = gate;
    gate = new Gate();
    first.open();
    // The second turn waits meanwhile: what changes twice between two looks is told once.
    await until(() => / tests" · read by code/.test(follower.said.out), { describe: () => follower.said });
    gate.open();
    expect(await waiting).toMatchObject({ code: 0, notes: expect.stringMatching(/read by code in turn 2/) });
    const { out } = await follower.ended;
    expect(out.match(/↳ "Use JWT tokens" · read by code in turn 2$/gm)).toHaveLength(1);
    expect(out.match(/↳ "Use JWT tokens" · processed, read by code in turn 2$/gm)).toHaveLength(1);
    expect(out.match(/\[instruction to code\] Use JWT tokens/g)).toHaveLength(1);
    expect(await stack.finished(id)).toMatchObject({ status: 'completed', diverged: null });
    expect(await done('thread', id, '--action', 'instruction', '--status', 'processed')).toMatch(
      /Use JWT tokens · processed, read by code in turn 2\n.*And write tests · processed, read by code in turn 2\n$/,
    );
  });

  test('is refused with the reason, and the exit code says so', async () => {
    const id = await working();
    const unknown = await baton('message', id, 'x', '--instruction', '--to', 'nobody');
    expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining('[command_refused]') });
    await done('message', id, 'first', '--id', 'same');
    expect(await done('message', id, 'first', '--id', 'same')).toContain('message same');
    expect(await baton('message', id, 'second', '--id', 'same')).toMatchObject({
      code: 1,
      err: expect.stringContaining('[message_id_reused]'),
    });
    expect(await baton('withdraw', id, 'none')).toMatchObject({
      code: 2,
      err: expect.stringContaining('[message_not_found]'),
    });
    gate.open();
    await stack.finished(id);
    const late = await baton('message', id, 'late', '--instruction');
    expect(late).toMatchObject({ code: 1, err: expect.stringContaining('[run_closed]') });
    expect(await baton('message', 'no-such-run', 'x')).toMatchObject({ code: 2 });
  });
});

describe('a pause', () => {
  test('now stops the model, tells how far it is, and ends with more for the agent', async () => {
    const id = await working();
    const paused = await done('pause', id, 'lunch', '--mode', 'now', '--timeout', '0', '--by', 'ann');
    expect(paused).toMatch(new RegExp(`^${id} paus(ed|ing) now, `));
    await until(async () =>
      (await done('status', id)).includes('‖ paused now, 1 of 1 step drained, by ann: lunch'),
    );
    expect(await done('status', id)).toContain('; until somebody resumes it');
    expect(await baton('pause', id)).toMatchObject({
      code: 1,
      err: expect.stringContaining('command_refused'),
    });
    expect(await baton('pause', id, '--mode', 'soon')).toMatchObject({ code: 2 });
    expect(await baton('pause', id, '--timeout', 'soon')).toMatchObject({ code: 2 });
    gate.open();
    writeFileSync(join(home, 'more.md'), 'It uses JWT tokens\n');
    const resumed = await done('resume', id, 'back', '--context', `@${join(home, 'more.md')}`);
    expect(resumed).toMatch(new RegExp(`^${id} (running|completed)`));
    expect(await stack.finished(id)).toMatchObject({ status: 'completed', diverged: null });
    const thread = await done('thread', id);
    expect(thread).toMatch(/ann {2}\[pause, now\] lunch · processed\n/);
    expect(thread).toMatch(
      /\[resume\] back · processed, read by code in turn \d\n +context: It uses JWT tokens\n/,
    );
    expect(await baton('resume', id)).toMatchObject({ code: 1, err: expect.stringContaining('run_closed') });
  });

  test('may end with a cancel that says why', async () => {
    const id = await working();
    await done('cancel', id, 'not needed any more');
    expect(await stack.finished(id)).toMatchObject({ status: 'cancelled' });
    expect(await done('thread', id)).toMatch(/\[cancel\] not needed any more · processed/);
  });
});

describe('a redirect', () => {
  test('puts another run in the place of this one, and stays with it', async () => {
    const id = await working();
    const refused = await baton('redirect', id, 'Other', '--skip-to', 'report');
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('command_refused') });
    const redirect = ['redirect', id, '-', '--skip-to', 'code', '--context', 'It uses JWT', '--watch'];
    const redirecting = startCommand(environment, redirect, 'Build the logout\n');
    await until(async () => (await stack.run(id)).status === 'cancelled', {
      describe: () => redirecting.said,
    });
    gate.open();
    const ended = await redirecting.ended;
    expect(ended).toMatchObject({ code: 0, out: 'all done\n' });
    const next = /^run (\S+)$/m.exec(ended.notes)?.[1] ?? '';
    expect(await done('status', id)).toContain(`→ redirected to run ${next}: baton watch ${next}`);
    expect(await done('status', next)).toContain(`→ redirected from run ${id}, with the results of plan`);
    expect(await json<{ inputs: { task: string } }>('status', next)).toMatchObject({
      inputs: { task: 'Build the logout' },
    });
    expect(await done('thread', id, '--action', 'redirect', '--status', 'processed')).toMatch(
      /\[redirect, skip to code\] Build the logout · processed\n +context: It uses JWT\n$/,
    );
    const watched = await baton('watch', id);
    expect(watched).toMatchObject({ code: 1, notes: expect.stringContaining(`redirected to run ${next}`) });
  });
});

describe('a question', () => {
  test('stands in the thread with its form and how to answer, and its answer in one line', async () => {
    const id = runId('ask');
    await done('run', 'ask', '--id', id);
    await until(async () => (await done('thread', id)).includes('Which branch?'));
    expect(await done('thread', id)).toMatch(
      new RegExp(
        `Which branch\\?\n +takes: branch \\(string, required\\)\n +answer: baton answer ${id} \\S+ -f branch=…\n`,
      ),
    );
    await done('answer', id, '-f', 'branch=main', '--by', 'ann');
    await stack.finished(id);
    const thread = await done('thread', id);
    expect(thread).toMatch(/Which branch\? · answered\n/);
    expect(thread).toMatch(/ann answered: /);
    expect(thread).not.toContain('[answer');
    expect(await done('thread', id, '--type', 'user')).toMatch(/ann {2}\[answer to \S+\] · processed\n/);
  });
});
