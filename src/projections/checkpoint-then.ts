/**
 * What a checkpoint stands for: the core's state at the event that it points at, folded from the stored history, and what
 * would become of its steps. Nothing is written.
 */
import { decodeHistoryEvent } from '../temporal/history-event.ts';
import type { Address } from '../plan/address.ts';
import type { JsonObject } from '../plan/json.ts';
import type { Plan } from '../plan/plan.ts';
import type { Continuation } from '../protocol/envelope.ts';
import { fatesOf, KINDS, mayAct, restoredCarry } from '../workflows/core/index.ts';
import type { Fate, RunState } from '../workflows/core/index.ts';
import { decodeEvent } from './decode-event.ts';
import { StateReader } from './fold/state-at.ts';
import { readHistory } from './rebuild/stored-run.ts';
import type { Reader } from './rebuild/stored-run.ts';

export interface CheckpointThen {
  readonly interpreter: number;
  readonly plan: Plan;
  readonly inputs: JsonObject;
  readonly labels: Readonly<Record<string, string>>;
  /** ms since 1970: when it was decided. */
  readonly at: number;
  readonly steps: Readonly<Record<Address, { readonly status: string; readonly attempt: number }>>;
  /** Steps whose work may have effects in the world. */
  readonly acting: ReadonlySet<Address>;
  /** What becomes of each step when somebody goes on from here. */
  fates(wanted: Continuation): ReadonlyMap<Address, Fate>;
  /** What is handed to whoever does. @param ended the carry of the run's end; null: another run begins with the state */
  carry(ended: JsonObject | null): JsonObject;
}

/** @returns null where the history is not stored so far, or the run had no plan then */
export async function readCheckpointThen(
  reader: Reader,
  runId: string,
  point: { readonly executionId: string; readonly eventId: number },
): Promise<CheckpointThen | null> {
  const states = new StateReader(runId, point);
  for await (const { data } of readHistory(reader, point.executionId)) {
    if (!states.take(decodeEvent(decodeHistoryEvent(data)))) break;
  }
  const then = states.state;
  if (then === null || then.state.plan === null) return null;
  return thenOf(then.state, then.state.plan, then.at);
}

function thenOf(state: RunState, plan: Plan, at: number): CheckpointThen {
  const { interpreter, inputs, labels, steps } = state;
  const acting = new Set(plan.steps.filter((step) => mayAct(KINDS, step)).map(({ key }) => key));
  return {
    ...{ interpreter, plan, inputs, labels, at, steps, acting },
    fates: (wanted) => fatesOf(plan, state, wanted).of,
    carry: (ended) => restoredCarry(state, ended) ?? {},
  };
}
