/**
 * A kind of step that the product does not have, made of nothing but its own files in `testing/echo`: what docs/extending.md
 * says of adding one. It is validated, compiled, run, and folded to rows.
 */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { runActivity } from '../../../test/support/step-attempt.ts';
import { stepActivity } from '../../activities/step-activity.ts';
import { readSecrets } from '../../activities/secrets.ts';
import { openDatabase } from '../../database/database.ts';
import { STEP_KINDS as DEFINITIONS } from '../../definition/kinds/index.ts';
import { stepKindsOf } from '../../definition/kinds/step-kinds.ts';
import { errorsOf, planOf } from '../../definition/testing/compiled.ts';
import { createLogger } from '../../log/log.ts';
import { foldInPages } from '../../testing/tables.ts';
import { QuickWorld, World } from '../../testing/world.ts';
import { kindsOf } from './kernel/kind.ts';
import { STEP_KINDS } from './kinds/index.ts';
import { performEcho } from './testing/echo/echo-activity.ts';
import { echoDefinition } from './testing/echo/echo-definition.ts';
import { echoKind } from './testing/echo/echo-kind.ts';

const DEFINITION = `
name: motto
version: 1.0.0
inputs: { what: string }
steps:
  - key: say
    echo: "We ship {{ inputs.what }}."
    times: 2
    retry: 2
  - key: count
    transform: size(steps.say.result)
    dependencies: [say]
`;

const definitions = stepKindsOf({ ...DEFINITIONS, echo: echoDefinition });
const kinds = kindsOf({ ...STEP_KINDS, echo: echoKind });
const plan = planOf(DEFINITION, { kinds: definitions });
const inputs = { what: 'it' };
const EVERYTHING = {
  step: null,
  limits: { turns: null, tokens: null, costMicros: null, durationMs: null },
  message: null,
  by: null,
};

const log = createLogger('test', 'silent');
// Nobody listens there, and nothing so small is stored.
const database = openDatabase('postgres://nobody@127.0.0.1:9/none', { log, name: 'test' });
afterAll(() => database.end());
const echo = stepActivity({ database, log, secrets: readSecrets({}) }, performEcho);

/** A worker does what the workflow asks for. */
async function work(run: QuickWorld, key: string): Promise<QuickWorld> {
  const result = await runActivity(echo, run.inputOf(key));
  return run.reply(key, result);
}

describe('a definition of it', () => {
  it('compiles to its spec', () => {
    const [say] = plan.steps;
    expect(say).toMatchObject({ kind: 'echo', spec: { kind: 'echo', times: 2 }, retry: { attempts: 2 } });
    expect(say?.uses).toEqual([{ root: 'inputs', name: 'what', path: [] }]);
  });

  it('is held to its fields', () => {
    const errors = (step: string) =>
      errorsOf(`name: x\nversion: 1.0.0\nsteps:\n  - key: a\n${step}`, { kinds: definitions });
    expect(errors('    echo: hi\n    times: 0\n')).toEqual(['6:12 field_value']);
    expect(errors('    echo: hi\n    capability: gpu\n')).toEqual(['6:5 field_without_effect']);
    expect(errors('    echo: "{{ nobody.result }}"\n')).toEqual(['5:12 name_unknown']);
    expect(errors('    wait: 1s\n    times: 2\n')).toEqual(['6:5 field_unknown']);
  });

  it('is none where the kind is not known', () => {
    expect(errorsOf(DEFINITION)).toContain('7:5 field_unknown');
  });
});

describe('a run of it', () => {
  const begun = () => new QuickWorld(plan, { kinds, inputs });

  it('is done by its activity', async () => {
    const run = await work(begun(), 'say');
    expect(run.closed).toEqual({ type: 'complete', output: 2 });
    expect(run.state.steps['say']?.result?.value).toEqual(['We ship it.', 'We ship it.']);
    expect(run.scheduled).toMatchObject([{ id: 'say#1', activity: 'echo', startToCloseMs: 15_000 }]);
  });

  it('is tried again, paused, cancelled and continued like any other', async () => {
    expect((await work(begun().fail('say').fireNext(), 'say')).closed).toMatchObject({ type: 'complete' });
    const paused = begun().signal('pause', { mode: 'now' });
    expect([...paused.cancelling]).toEqual(['say#1']);
    expect(paused.stop('say').statuses()).toMatchObject({ say: 'pending' });
    expect((await work(paused.signal('resume'), 'say')).closed).toMatchObject({ type: 'complete' });
    const cancelled = begun().signal('cancel').stop('say').fireNext();
    expect(cancelled.closed).toMatchObject({ type: 'cancelled' });
    const again = cancelled.continueRun(EVERYTHING);
    expect((await work(again, 'say')).closed).toMatchObject({ type: 'complete' });
  });

  it('is refused where its spec has another form', () => {
    const steps = plan.steps.map((step) => ({ ...step, spec: { ...step.spec, times: 'often' } }));
    const run = new QuickWorld({ ...plan, steps } as typeof plan, { kinds, inputs });
    expect(run.closed).toMatchObject({
      reason: 'inputs_invalid',
      message: expect.stringContaining('envelope: plan.steps.0.spec.times'),
    });
    expect(new QuickWorld(plan, { inputs }).closed).toMatchObject({
      message: expect.stringContaining('envelope: plan.steps.0.kind'),
    });
  });
});

it('is folded to rows', () => {
  const world = new World(plan, { kinds, inputs }).task().complete('say', ['We ship it.']).task();
  const { run, steps, attempts } = foldInPages(world.runId, world.chain, 1, kinds);
  expect(run).toMatchObject({ status: 'completed', output: 1, diverged: null });
  expect(steps['say']).toMatchObject({ kind: 'echo', status: 'completed', output: ['We ship it.'] });
  expect(attempts['0/say#1']).toMatchObject({ status: 'completed' });
});

/** Blocks of the page that begin with `ts FILE`. */
const ROOT = new URL('../../../', import.meta.url);
const PAGE = readFileSync(new URL('docs/extending.md', ROOT), 'utf8');
const BLOCKS = [...PAGE.matchAll(/^```ts (\S+)\n(.*?)^```$/gms)].map(([, file = '', text = '']) => ({
  file,
  text,
}));

describe('docs/extending.md', () => {
  it('shows every file of the example', () => {
    expect(BLOCKS.map(({ file }) => file.replace(/^.*\//, ''))).toEqual([
      'echo-spec.ts',
      'echo-definition.ts',
      'echo-kind.ts',
      'echo-activity.ts',
      'extending.test.ts',
    ]);
  });

  it.each(BLOCKS)('says what stands in $file', ({ file, text }) => {
    expect(readFileSync(new URL(file, ROOT), 'utf8')).toContain(text);
  });
});
