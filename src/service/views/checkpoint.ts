/** Rows of `workflow_checkpoints` as JSON. */
import type { Checkpoint } from '../../contract/checkpoint.ts';
import { exactly } from './exactly.ts';
import { iso } from './time.ts';

/** What of its row a reader sees. */
export type CheckpointRow = Omit<Checkpoint, 'at' | 'execution'> & {
  readonly execution_id: string;
  readonly event_id: number;
  readonly created_at: Date;
};

export function checkpointJson(row: CheckpointRow): Checkpoint {
  const { execution_id: run_id, event_id, created_at, ...rest } = row;
  return exactly<Checkpoint>()({ ...rest, at: iso(created_at), execution: { run_id, event_id } });
}
