/** The second argument of a run's workflow. Operators leave it out; everything Baton starts has it. */
import type { Plan } from '../plan/plan.ts';
import type { JsonObject } from '../plan/json.ts';

/** Behaviour version of the core that new runs get. Every change of behaviour adds one and branches on it. */
export const INTERPRETER_VERSION = 1;

/** Plans up to this size travel in the envelope; larger ones are loaded by hash through an activity. */
export const INLINE_PLAN_BYTES = 512 * 1024;
/** A compiled plan above this is refused at publish: 2,000 ordinary steps fit, and Temporal's 2 MB a payload are far. */
export const MAX_PLAN_BYTES = 1536 * 1024;

export interface Envelope {
  readonly interpreter: number;
  readonly plan: Plan | { readonly name: string; readonly version: string; readonly hash: string };
  /** Ordinal of the branch: 0 for a fresh run; continue and restore (later) add one. */
  readonly epoch: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Who asked for the run, for people. */
  readonly startedBy: string | null;
  /** State handed over by continue-as-new; opaque to everybody but the core. */
  readonly carry?: JsonObject;
}
