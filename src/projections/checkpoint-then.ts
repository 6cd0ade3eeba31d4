/**
 * What a checkpoint stands for: the core's state at the event that it points at, folded from the stored history, and what
 * would become of its steps. Nothing is written.
 */
import type { Address } from '../plan/address.ts';
import type { JsonObject } from '../plan/json.ts';
import type { Plan } from '../plan/plan.ts';
import type { Continuation } from '../protocol/envelope.ts';
import type { FilesChoice, WantedFiles } from '../protocol/snapshot.ts';
import type { EditFault } from '../protocol/plan-edit.ts';
import {
  checkpointOf,
  departed,
  departureFaults,
  fatesOf,
  filesOf,
  filesThen,
  restoredCarry,
  since,
} from '../workflows/core/index.ts';
import { actingSteps } from './acting-steps.ts';
import type { Departure, Fate, FilesThen, GivenEnd, RunState, StepState } from '../workflows/core/index.ts';
import { ExecutionFold } from './fold/execution-fold.ts';
import { StateReader } from './fold/state-at.ts';
import { tellStored } from './rebuild/stored-run.ts';
import type { Reader } from './rebuild/stored-run.ts';

export type { Departure, GivenEnd };

export interface CheckpointThen {
  readonly interpreter: number;
  /** Runs of its version can have another plan. */
  readonly isEditable: boolean;
  readonly plan: Plan;
  readonly revision: number;
  readonly inputs: JsonObject;
  readonly labels: Readonly<Record<string, string>>;
  /** ms since 1970: when it was decided. */
  readonly at: number;
  readonly steps: Readonly<
    Record<Address, Pick<StepState, 'status' | 'attempt' | 'completedAt' | 'result' | 'reason'>>
  >;
  /** What had been consumed, for the run's limits. */
  readonly spent: Pick<RunState['spent'], 'limits' | 'tokens' | 'costMicros'>;
  /** Steps whose work may have effects in the world. */
  readonly acting: ReadonlySet<Address>;
  /** What is known of the files in its workspace. */
  readonly files: FilesThen;
  /** The same, for whoever is to have them; null: nobody knows any. */
  readonly wantedFiles: WantedFiles | null;
  /** What becomes of each step when somebody goes on from here. */
  fates(wanted: Continuation): ReadonlyMap<Address, Fate>;
  /** The same, with what is to be other than it was. */
  departing(departure: Departure): CheckpointThen;
  /** Why the plan cannot be that one. Empty when it can. */
  faults(departure: Departure, wanted: Continuation): readonly EditFault[];
  /**
   * What is handed to whoever goes on.
   *
   * @param ended the carry of the run's end; null: another run begins with the state
   * @param previews of results, by step, where the tables have them
   */
  carry(ended: JsonObject | null, previews: ReadonlyMap<Address, string>, files: FilesChoice): JsonObject;
}

/**
 * The carry of an execution as it stands: what its end would leave, were it now.
 *
 * @returns null where nothing is stored of it, or it has no plan yet
 */
export async function readStanding(
  reader: Reader,
  runId: string,
  executionId: string,
): Promise<JsonObject | null> {
  const fold = new ExecutionFold(runId, executionId);
  await tellStored(reader, runId, executionId, (event) => {
    fold.apply(event);
    return true;
  });
  return fold.stands === null ? null : checkpointOf(fold.stands);
}

/** @returns null where the history is not stored so far, or the run had no plan then */
export async function readCheckpointThen(
  reader: Reader,
  runId: string,
  point: { readonly executionId: string; readonly eventId: number },
): Promise<CheckpointThen | null> {
  const states = new StateReader(runId, point);
  await tellStored(reader, runId, point.executionId, (event) => states.take(event));
  const then = states.state;
  if (then === null || then.state.plan === null) return null;
  return thenOf(then.state, then.state.plan, then.at);
}

function thenOf(state: RunState, plan: Plan, at: number): CheckpointThen {
  const { interpreter, inputs, labels, steps, spent, revision = 0 } = state;
  const acting = actingSteps(plan);
  return {
    ...{ interpreter, plan, revision, inputs, labels, at, steps, spent, acting },
    isEditable: since(state, 'plan_edits'),
    fates: (wanted) => fatesOf(plan, state, wanted).of,
    departing: (departure) => thenOf(departed(state, departure), departure.plan ?? plan, at),
    faults: (departure, wanted) => departureFaults(state, departed(state, departure), wanted),
    files: filesThen(state),
    wantedFiles: filesOf(state.workspace),
    carry: (ended, previews, files) => restoredCarry(state, ended, previews, files) ?? {},
  };
}
