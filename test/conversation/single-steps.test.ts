/** Commands on single steps of a real run: by API, by command line, and by an operator's signal. */
import { beforeAll, expect, test } from 'vitest';
import { verifyRun } from '../../src/projections/index.ts';
import type { Problem } from '../../src/contract/problem.ts';
import type { RunNow } from '../../src/contract/run.ts';
import type { Step } from '../../src/contract/step.ts';
import { runCommand } from '../cli/run-command.ts';
import { afterFile } from '../support/after-file.ts';
import { startBaton } from '../support/baton.ts';
import { byModel, startFakeOpenAi } from '../support/fake-openai.ts';
import type { AnswersByModel } from '../support/fake-openai.ts';
import { temporalCli, until } from '../support/index.ts';
import { recordHistory } from '../support/record-history.ts';
import { talkTo } from '../support/talk.ts';

const answers: AnswersByModel = {};
const vendor = await startFakeOpenAi({ answer: byModel(answers, { reply: 'done' }) });
afterFile(() => vendor.stop());
const baton = await startBaton({
  BATON_COMPATIBLE_BASE_URL: vendor.url,
  BATON_ALLOW_PRIVATE_NETWORK: '1',
  BATON_ALLOW_COMMANDS: '1',
});

beforeAll(async () => {
  const release = {
    ...{ name: 'release', version: '1.0.0' },
    steps: [
      { key: 'build', wait: '1h' },
      { key: 'test', transform: '"tested " + build.result.tag', dependencies: ['build'] },
      { key: 'deploy', transform: 'test.result + ", deployed"', dependencies: ['test'] },
    ],
  };
  const stubborn = {
    ...{ name: 'stubborn', version: '1.0.0', workspace: {}, failure: 'finish' },
    steps: [
      {
        key: 'work',
        command: [process.execPath, '-e', 'process.exit(3)'],
        retry: { attempts: 5, initial: '1h', max: '1h' },
      },
      { key: 'nap', wait: '1h' },
    ],
  };
  const limited = {
    ...{ name: 'limited', version: '1.0.0', workspace: {} },
    steps: [
      {
        ...{ key: 'code', agent: 'code', prompt: 'Work', model: 'compatible/limited', tools: ['list_files'] },
        limits: { max_turns: 1, on_limit: 'ask' },
      },
    ],
  };
  for (const definition of [release, stubborn, limited]) await baton.publish(JSON.stringify(definition));
});

const command = (...args: string[]) => runCommand({ BATON_URL: baton.url }, args);
const start = async (workflow: string) => (await baton.start({ workflow, inputs: {} })).id;

/** @throws Error when it is refused */
async function done(...args: string[]): Promise<void> {
  expect(await command(...args)).toMatchObject({ code: 0, err: '' });
}

async function refusal(id: string, path: string, body: object = {}) {
  const { status, body: problem } = await baton.call<Problem>('POST', `/runs/${id}${path}`, body);
  return { status, code: problem.code, ignored_code: problem.ignored_code };
}

const stepWhen = (id: string, key: string, fits: (step: Step) => boolean): Promise<Step> =>
  until(
    async () => {
      const step = (await baton.steps(id))[key];
      return step !== undefined && fits(step) ? step : null;
    },
    { describe: () => baton.steps(id) },
  );

async function proved(id: string): Promise<RunNow> {
  const run = await baton.finished(id);
  expect(run.diverged).toBeNull();
  expect(await verifyRun(baton.database, id)).toMatchObject({ ok: true });
  return run;
}

test('a step is held, one is skipped with a result, another gets a better one, and the held one goes on', async () => {
  const id = await start('release');
  await stepWhen(id, 'build', ({ status }) => status === 'waiting');
  await done('step', 'hold', id, 'deploy', '--by', 'ann', '--reason', 'after lunch');
  expect(await refusal(id, '/steps/build/hold')).toMatchObject({ status: 409, ignored_code: 'step_started' });
  expect(await refusal(id, '/steps/build/override', { value: 1 })).toMatchObject({
    ignored_code: 'step_not_ended',
  });

  const skip = { target: 'build', value: { tag: 'v1' }, by: 'ops' };
  await temporalCli(['workflow', 'signal', '-w', id, '--name', 'skip', '--input', JSON.stringify(skip)]);
  await stepWhen(id, 'test', ({ status }) => status === 'completed');
  const { build, deploy } = await baton.steps(id);
  expect(build).toMatchObject({ status: 'completed', output: { tag: 'v1' } });
  expect(deploy).toMatchObject({ status: 'pending', held: { by: 'ann', reason: 'after lunch' } });
  expect((await baton.run(id)).waiting_for).toMatchObject([
    { kind: 'held', step: 'deploy', who: ['ann'], text: 'after lunch' },
  ]);
  expect((await command('status', id)).out).toContain('held by ann: after lunch');
  expect((await command('list', '--waiting', 'held')).out).toContain(id);

  expect(await refusal(id, '/steps/build/override', { value: 1 })).toMatchObject({
    code: 'command_refused',
    ignored_code: 'step_read',
  });
  await done('step', 'override', id, 'test', '--value', '"tested by hand"');
  await done('step', 'release', id, 'deploy');
  expect(await proved(id)).toMatchObject({ status: 'completed', output: 'tested by hand, deployed' });
  expect((await baton.steps(id))['deploy']?.held).toBeNull();
  const thread = await talkTo(baton, id).thread();
  expect(thread.map(({ action_type: action, author }) => `${action ?? ''} ${author ?? ''}`)).toEqual(
    expect.arrayContaining(['hold ann', 'skip ops']),
  );
  expect(await refusal(id, '/steps/test/skip')).toMatchObject({ status: 409, code: 'run_closed' });
  await recordHistory('steps-held-skipped', id);
});

test('a step is tried again at once, then no more', async () => {
  const id = await start('stubborn');
  await stepWhen(id, 'work', ({ status }) => status === 'retrying');
  expect(await refusal(id, '/steps/nap/retry')).toMatchObject({ ignored_code: 'step_not_retrying' });
  await done('step', 'retry', id, 'work');
  const again = await stepWhen(id, 'work', ({ status, attempt }) => status === 'retrying' && attempt === 2);
  expect(again.attempts.map(({ status }) => status)).toEqual(['failed', 'failed']);
  await done('step', 'stop-retrying', id, 'work', '--reason', 'hopeless');
  const failed = await stepWhen(id, 'work', ({ status }) => status === 'failed');
  expect(failed).toMatchObject({ attempt: 2, error: { type: 'command_failed', exit_code: 3 } });
  await done('step', 'skip', id, 'nap');
  expect(await proved(id)).toMatchObject({ status: 'failed' });
  await recordHistory('steps-retried', id);
});

test('an agent that asks at a limit goes on when somebody raises it', async () => {
  answers['limited'] = (_, n) =>
    n < 3 ? { toolCalls: [{ name: 'list_files', arguments: {} }] } : { reply: 'done' };
  const id = await start('limited');
  await stepWhen(id, 'code', ({ status }) => status === 'waiting');
  expect(await refusal(id, '/steps/code/limits', {})).toMatchObject({ status: 400 });
  await done('limits', id, '--tokens', '100000');
  await done('limits', id, 'code', '--turns', '2');
  await until(async () => (await baton.run(id)).turns === 2);
  expect(await refusal(id, '/steps/code/limits', { max_turns: 1 })).toMatchObject({ status: 409 });
  const { body } = await baton.call<RunNow>('POST', `/runs/${id}/steps/code/limits`, { max_turns: 5 });
  expect(body).toMatchObject({ id, limits: { max_tokens: 100_000 } });
  expect(await proved(id)).toMatchObject({ status: 'completed', output: 'done', needs: [] });
  const { code } = await baton.steps(id);
  expect(code?.segments).toMatchObject([{ segment: 1, max_turns: 5, turns: 3 }]);
  await recordHistory('steps-limits', id);
});
