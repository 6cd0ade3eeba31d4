/**
 * The state as it travels: in an envelope from one execution to the next, and in a checkpoint.
 *
 * It is written in the form of the run's version, so that its history stays the same under later code, and taken
 * forward when it is read: what later code added is then as it is in a run that knows nothing of it.
 */
import type { JsonObject } from '../../../plan/json.ts';
import { newSpent } from '../kernel/spent.ts';
import { NO_LIMITS } from '../../../protocol/limits.ts';
import type { RunState } from '../kernel/state.ts';

/** What does not travel: it stands elsewhere in the arguments, or is empty by then. */
export type Carried = Omit<
  RunState,
  | 'plan'
  | 'planSource'
  | 'continuation'
  | 'redirected'
  | 'firstExecutionId'
  | 'inputs'
  | 'labels'
  | 'startedBy'
  | 'open'
  | 'aborting'
  | 'interpreter'
>;

/**
 * What members that came later are in a state that was carried without them. A member that a new version adds stands
 * here too, and `carriedOf` leaves it out of the carries of runs of former versions.
 */
const ABSENT: Partial<Carried> = {
  paused: null,
  failure: null,
  cancel: null,
  redirect: null,
  briefing: null,
  inbox: [],
  messageSeq: 0,
  questions: {},
  workspace: null,
  timers: {},
  seen: [],
  drain: null,
  nextDrainAt: 0,
  outputAttempt: 0,
};

/** A carried state of any age, as today's code knows it. Its form is for {@link file://./check-form.ts} to judge. */
export function upgrade(carry: JsonObject): Carried {
  const { startedAt } = carry as Partial<Carried>;
  const spent = newSpent(NO_LIMITS, typeof startedAt === 'number' ? startedAt : 0);
  return { ...ABSENT, spent, ...carry } as unknown as Carried;
}
