/** What becomes of a run of which conditions read so much that its state is too large to travel. */
import { describe, expect, test } from 'vitest';
import { QuickWorld } from '../../testing/world.ts';
import type { Envelope } from '../../protocol/envelope.ts';
import { keptKey } from '../../protocol/values.ts';
import { leanCarry } from './index.ts';
import type { RunState } from './index.ts';
import { planOf, step, when } from './testing/plans.ts';

const TEXT = 'x'.repeat(60_000);
const COUNT = 50;
const NO_LIMITS_MORE = { turns: null, tokens: null, costMicros: null, durationMs: null };
const read = (name: string) => [{ root: 'steps', name, field: 'result', path: ['text'] }] as const;
const producer = (i: number) => step(`a${i}`, [], { keep: [['text']] });
/** Its condition reads what the producer of the same number has come to. */
const reader = (i: number, ...dependencies: readonly string[]) =>
  step(`b${i}`, [`a${i}`, ...dependencies], {
    when: when(`size(steps.a${i}.result.text) < 10`, read(`a${i}`)),
  });

/** The same, and it is done. */
const passing = (i: number) =>
  step(`b${i}`, [`a${i}`], { when: when(`size(steps.a${i}.result.text) > 10`, read(`a${i}`)) });

/** Fifty results of which 60 KB each stand in the state, and a step that is at work. */
function wide(
  readers: (i: number) => ReturnType<typeof step>,
  isSuggested: (world: QuickWorld) => boolean,
  { count = COUNT, description = '' } = {},
): QuickWorld {
  const numbers = Array.from({ length: count }, (_, i) => i);
  const steps = [
    ...numbers.map(producer),
    step('work'),
    step('end', ['work']),
    ...numbers.map((i) => readers(i)),
  ];
  let isBegun = false;
  const run: QuickWorld = new QuickWorld(planOf(steps, { maxParallel: 100, description }), {
    continueSuggested: () => isBegun && isSuggested(run),
  });
  isBegun = true;
  for (const i of numbers) run.reply(`a${i}`, { result: stored(i) });
  return run;
}

const stored = (i: number) => ({
  ref: { $blob: `f${i}`, bytes: 99_999 },
  kept: { [keptKey(['text'])]: TEXT },
  bytes: 99_999,
  preview: '',
});

const partsIn = ({ steps }: Pick<RunState, 'steps'>) =>
  Object.entries(steps).flatMap(([key, { result }]) => (result?.kept === undefined ? [] : [key]));

describe('a state that is too large to travel', () => {
  test('gives up what only conditions have read that are decided, and the run goes on in the next execution', () => {
    let isSuggested = false;
    const run = wide(
      (i) => (i === 7 ? reader(i, 'end') : reader(i)),
      ({ chain }) => isSuggested && chain.length === 1,
    );
    expect(partsIn(run.state)).toHaveLength(COUNT);
    expect(run.statuses()).toMatchObject({ b0: 'skipped', b7: 'pending' });
    isSuggested = true;
    run.complete('work');
    expect(run.chain).toHaveLength(2);
    expect(partsIn(run.state)).toEqual(['a7']);
    run.complete('end');
    expect(run.statuses()).toMatchObject({ end: 'completed', b7: 'skipped' });
  });

  test('keeps what skipped steps have read while it can: somebody may go on with the run', () => {
    let isSuggested = false;
    const run = wide(
      (i) => (i < 30 ? passing(i) : reader(i)),
      ({ chain }) => isSuggested && chain.length === 1,
    );
    for (let i = 0; i < 30; i++) run.complete(`b${i}`);
    isSuggested = true;
    run.complete('work');
    expect(run.chain).toHaveLength(2);
    expect(partsIn(run.state)).toEqual(Array.from({ length: 20 }, (_, i) => `a${30 + i}`));
    run.fail('end').continueRun({ step: 'end', limits: NO_LIMITS_MORE, message: null, by: null });
    expect(run.statuses()).toMatchObject({ b0: 'completed', b30: 'skipped', end: 'running' });
  });

  test('that needs all of it stays where it is: nothing is held back, and the run comes to its end', () => {
    let isSuggested = false;
    const run = wide(
      (i) => reader(i, 'end'),
      () => isSuggested,
    );
    isSuggested = true;
    run.signal('instruction', { content: 'nobody hears it' });
    expect(run.state.drain).toBeNull();
    run.complete('work');
    expect(run.openKeys).toEqual(['end']);
    run.complete('end');
    expect(run.statuses()).toMatchObject({ b0: 'skipped', b49: 'skipped' });
    expect(run.chain).toHaveLength(1);
  });

  test('that has become so while it made room is not held back any longer', () => {
    let isSuggested = false;
    const numbers = Array.from({ length: COUNT }, (_, i) => i);
    const steps = [...numbers.map(producer), step('end', ['a0']), ...numbers.map((i) => reader(i, 'end'))];
    const run = new QuickWorld(planOf(steps, { maxParallel: 100 }), {
      continueSuggested: () => isSuggested,
    });
    isSuggested = true;
    for (const i of numbers) run.reply(`a${i}`, { result: stored(i) });
    expect(run.chain).toHaveLength(1);
    expect(run.openKeys).toEqual(['end']);
  });

  test('lets no step run anew whose condition reads what was given up, but together with that', () => {
    let isSuggested = false;
    const run = wide(reader, ({ chain }) => isSuggested && chain.length === 1);
    isSuggested = true;
    run.complete('work');
    run.signal('edit', { id: 'once', by: 'ann', rerun: ['b3'] });
    expect(run.state.steps['b3']).toMatchObject({ status: 'skipped' });
    expect(run.notes.at(-1)).toMatchObject({
      code: 'reference_lost',
      reason: expect.stringMatching(
        /reads steps\.a3\.result\.text .* was not kept: let the step .* run anew too/,
      ),
    });
    run.signal('edit', { id: 'both', by: 'ann', rerun: ['a3'] });
    run.reply('a3', { result: stored(3) });
    expect(run.state.steps['b3']).toMatchObject({
      status: 'skipped',
      reason: expect.stringContaining('is false'),
    });
  });

  test('lets a step run anew whose condition, as the edit has it, reads nothing of that', () => {
    let isSuggested = false;
    const run = wide(reader, ({ chain }) => isSuggested && chain.length === 1);
    isSuggested = true;
    run.complete('work');
    const { plan } = run.state;
    if (plan === null) throw new Error('the run has no plan');
    const edited = plan.steps.map((one) => (one.key === 'b3' ? { ...one, when: when('1 > 0') } : one));
    run.signal('edit', { by: 'ann', plan: { ...plan, hash: 'edited', steps: edited }, rerun: ['b3'] });
    expect(run.state.steps['b3']).toMatchObject({ status: 'running' });
  });

  test('fails a step that is asked again, and reads what was given up, with the reason', () => {
    let isSuggested = false;
    const run = wide(reader, ({ chain }) => isSuggested && chain.length === 1);
    isSuggested = true;
    run.complete('work').fail('end');
    run.continueRun({ step: 'end', limits: NO_LIMITS_MORE, message: null, by: null });
    expect(run.state.steps['b0']).toMatchObject({
      status: 'failed',
      error: {
        message: expect.stringMatching(/the result of step "a0" is stored .*let step "a0" be done anew/),
      },
    });
  });

  test('of a run that has ended gives up what no step reads that is open again', () => {
    const run = wide(passing, () => false);
    for (let i = 0; i < COUNT; i++) run.complete(`b${i}`);
    run.fail('work');
    const { checkpoint } = run;
    const { plan } = run.state;
    if (checkpoint === null || plan === null) throw new Error('the run has not ended');
    const wanted = { step: null, limits: NO_LIMITS_MORE, message: null, by: null };
    const lean = leanCarry(checkpoint, plan, wanted);
    expect(partsIn(checkpoint as unknown as RunState)).toHaveLength(COUNT);
    expect(partsIn(lean as unknown as RunState)).toEqual([]);
    const restored = { run: 'run-1', checkpoint: 1, from: 'b3', at: 0 };
    const back = leanCarry(checkpoint, plan, { ...wanted, restored });
    expect(partsIn(back as unknown as RunState)).toEqual(['a3']);
  });

  test('is handed to the run that takes the place of a redirected one without what nothing reads there', () => {
    const run = wide(reader, () => false).complete('work');
    run.signal('redirect', { content: 'otherwise', skip_to: 'end' }).stop('end');
    const [started] = run.startedRuns;
    const envelope = started?.args[1] as unknown as Envelope | undefined;
    const taken = envelope?.redirected?.handover as unknown as Pick<RunState, 'steps'>;
    expect(Object.keys(taken.steps)).toContain('a7');
    expect(partsIn(taken)).toEqual([]);
  });

  test('is handed over so too where the plan beside it makes it too large', () => {
    const run = wide(reader, () => false, { count: 34, description: 'x'.repeat(300_000) }).complete('work');
    run.signal('redirect', { content: 'otherwise', skip_to: 'end' }).stop('end');
    expect(run.startedRuns).toHaveLength(1);
  });

  test('that a redirect would need all of ends the run with the reason', () => {
    const run = wide(
      (i) => reader(i, 'end'),
      () => false,
    ).complete('work');
    run.signal('redirect', { content: 'otherwise', skip_to: 'end' }).stop('end');
    expect(run.closed).toMatchObject({
      reason: 'cancelled',
      message: expect.stringContaining('could not be started: what it would take over is too large'),
    });
  });
});
