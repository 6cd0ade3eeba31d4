import { describe, expect, it } from 'vitest';
import type { AskSpec, WaitSpec } from '../../plan/plan.ts';
import { INLINE_PLAN_BYTES } from '../../protocol/envelope.ts';
import { kindOf, kindsOf } from './kernel/kind.ts';
import { TIMERS } from './kernel/timers.ts';
import { KINDS, STEP_KINDS } from './kinds/index.ts';
import { planOf, step } from './testing/plans.ts';
import { QuickWorld } from '../../testing/world.ts';

const WAIT: WaitSpec = { kind: 'wait', duration: '1m' };
const ASK: AskSpec = {
  kind: 'ask',
  prompt: 'Shall we?',
  form: { type: 'string' },
  approval: false,
  approvers: [],
  needed: 1,
  notStarter: false,
  timeoutMs: null,
  onTimeout: { action: 'fail' },
};

describe('kinds', () => {
  it('say which timers and questions are theirs, each for itself', () => {
    const all = Object.values(STEP_KINDS);
    for (const what of ['timers', 'questions'] as const) {
      const names = all.flatMap((kind) => Object.keys(kind[what] ?? {}));
      expect(new Set(names).size).toBe(names.length);
      expect(Object.keys(KINDS[what]).sort()).toEqual(names.sort());
    }
    expect(Object.keys(KINDS.timers).every((purpose) => purpose in TIMERS)).toBe(true);
  });

  it('that nobody knows are no kinds', () => {
    const odd = step('a', [], { spec: { ...WAIT, kind: 'nap' as 'wait' } });
    expect(() => kindOf({ kinds: KINDS }, odd)).toThrow('there is no kind of step "nap"');
    expect(() => kindOf({ kinds: kindsOf({}) }, step('a'))).toThrow('there is no kind of step "command"');
  });
});

describe('while a large plan is loaded again', () => {
  const plan = planOf([step('nap', [], { spec: WAIT }), step('ask', [], { spec: ASK }), step('do')], {
    description: 'x'.repeat(INLINE_PLAN_BYTES),
  });

  /** It has continued as new, and waits for its plan. */
  function loading(): QuickWorld {
    const run = new QuickWorld(plan, { continueSuggested: (events) => events > 6 }).complete('do');
    expect(run.chain).toHaveLength(2);
    expect(run.openKeys).toEqual(['plan']);
    return run;
  }

  function loaded(run: QuickWorld): QuickWorld {
    return run.reply('plan', { plan, interpreter: 2 });
  }

  it('a wait ends, and an answer arrives', () => {
    const run = loading().fireNext().signal('answer', { answer: 'yes' });
    expect(run.statuses()).toMatchObject({ nap: 'completed', ask: 'completed' });
    expect(loaded(run).closed).toMatchObject({
      type: 'complete',
      output: { ask: { answer: 'yes' }, do: 'do done' },
    });
  });

  it('a pause stops the clocks, and lets them go on', () => {
    const run = loading().signal('pause');
    expect(run.timers.size).toBe(1);
    run.signal('resume');
    expect(loaded(run).fireNext().statuses()).toMatchObject({ nap: 'completed', ask: 'waiting' });
  });
});
