/** The state of a run at one of its checkpoints. */
import { readCheckpointThen } from '../../projections/checkpoint-then.ts';
import type { CheckpointThen, Departure, GivenEnd } from '../../projections/checkpoint-then.ts';
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
