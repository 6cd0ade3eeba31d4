/** A world's run that goes back to a checkpoint, or is forked there: what is wanted, and what is known of it beforehand. */
import type { Address } from '../plan/address.ts';
import type { Plan } from '../plan/plan.ts';
import type { StateAt } from '../projections/fold/state-at.ts';
import type { Continuation, Envelope } from '../protocol/envelope.ts';
import { planEdit } from '../protocol/plan-edit.ts';
import type { EditFault } from '../protocol/plan-edit.ts';
import { departed, departureFaults, fatesOf } from '../workflows/core/index.ts';
import type { Departure, Fate, RunState } from '../workflows/core/index.ts';

/** Where a run goes on from, and what is other than it was there. */
export interface GoingBack {
  readonly checkpoint: number;
  /** A step that is done anew. */
  readonly from?: string | null;
  readonly departure?: Departure;
}

/** What is known of it beforehand. */
export interface Foreseen {
  /** As the run would have stood so. */
  readonly state: RunState;
  /** What becomes of each step. */
  readonly fates: ReadonlyMap<Address, Fate>;
  /** Why it cannot be so; empty: it can. */
  readonly faults: readonly EditFault[];
}

/** What a checkpoint stands for, and where it is. */
export interface Then extends StateAt {
  readonly plan: Plan;
  readonly base: NonNullable<Envelope['base']>;
}

/** By the product's own rules. @param runId whose checkpoint it is */
export function foreseenBack(
  runId: string,
  then: Then,
  { checkpoint, from = null, departure = {} }: GoingBack,
) {
  const { plan = then.plan } = departure;
  const state = departed(then.state, departure);
  const wanted: Continuation = {
    step: null,
    limits: { turns: null, tokens: null, costMicros: null, durationMs: null },
    message: 'once more',
    by: 'eve',
    restored: {
      ...{ run: runId, checkpoint, from, at: then.at },
      ...(departure.given === undefined ? {} : { given: [...departure.given.keys()] }),
      ...(departure.plan === undefined ? {} : { edit: planEdit(then.plan, plan) }),
    },
  };
  const { of: fates } = fatesOf(plan, state, wanted);
  return { state, plan, wanted, fates, faults: departureFaults(then.state, state, wanted) };
}
