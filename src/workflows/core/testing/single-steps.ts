/** Commands on single steps of a world, and what comes of them. */
import { expect } from 'vitest';
import type { PlanStep } from '../../../plan/plan.ts';
import { QuickWorld } from '../../../testing/world.ts';
import type { Note } from '../index.ts';
import { planOf, step } from './plans.ts';

type Options = ConstructorParameters<typeof QuickWorld>[1];

/** `a`, then `b`, then `c`. */
export const chain = (more: Partial<PlanStep> = {}, rest: Partial<PlanStep> = {}) =>
  planOf([step('a', [], more), step('b', ['a'], rest), step('c', ['b'])], { failure: 'finish' });

export const quick = (plan = chain(), options: Options = {}) => new QuickWorld(plan, options);

/** Says it, and answers the receipt. */
export function tell(sim: QuickWorld, name: string, payload: unknown): Note | undefined {
  const before = sim.notes.length;
  sim.signal(name, payload);
  return sim.notes.slice(before).find(({ type }) => type === 'command');
}

export const done = { status: 'processed' };

/** What a refusal looks like. */
export const no = (code: string, reason: string) => ({
  status: 'ignored',
  code,
  reason: expect.stringContaining(reason) as string,
});

export const rowOf = (sim: QuickWorld, key: string) => sim.tables().steps[key];

/** The events that tell how a step has moved. */
export const moves = (sim: QuickWorld, key: string) =>
  sim.tables().events.filter((one) => one.type === 'status_change' && one.step === key);
