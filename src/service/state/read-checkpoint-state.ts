/** The state of a run at one of its checkpoints. */
import { readCheckpointThen, readStanding } from '../../projections/checkpoint-then.ts';
import type { CheckpointThen, Departure, GivenEnd } from '../../projections/checkpoint-then.ts';
import type { JsonObject } from '../../plan/json.ts';
import type { Rows } from '../ways/store.ts';
import { readerOf } from './reader.ts';

export type { CheckpointThen, Departure, GivenEnd };

/** @returns null where the history is not stored so far, or the run had no plan then */
export function readCheckpointState(
  rows: Rows,
  runId: string,
  point: { readonly executionId: string; readonly eventId: number },
): Promise<CheckpointThen | null> {
  return readCheckpointThen(readerOf(rows), runId, point);
}

/** What the end of an execution would leave, were it now; null where nothing is stored of it, or it has no plan yet. */
export function readStandingState(
  rows: Rows,
  runId: string,
  executionId: string,
): Promise<JsonObject | null> {
  return readStanding(readerOf(rows), runId, executionId);
}
