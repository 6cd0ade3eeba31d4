/** Checkpoints that somebody has pruned: a fold of the stored events makes their rows, and nobody is to have them back. */
import type { ProjectedRows } from '../../tables/projected/index.ts';
import { listPruned, type PrunedPlace } from '../sql/list-pruned.ts';
import type { Reader } from './stored-run.ts';

/** Where the pruned checkpoints of a run pointed. */
type Pruned = ReadonlySet<string>;

const placeOf = ({ execution_id, event_id }: PrunedPlace): string => `${execution_id}/${event_id}`;

/** Of a run that is rebuilt: to be read once its executions are locked, as whoever prunes locks them. */
export async function readPruned(db: Reader, runId: string): Promise<Pruned> {
  const { rows } = await db.query<PrunedPlace>(listPruned(runId));
  return new Set(rows.map(placeOf));
}

export function withoutPruned(rows: ProjectedRows, pruned: Pruned): ProjectedRows {
  if (pruned.size === 0) return rows;
  return { ...rows, checkpoints: rows.checkpoints.filter((row) => !pruned.has(placeOf(row))) };
}
