/** Where a table, or Temporal, has something else than the fold of the stored events. */
import type { ProjectedTableName } from '../../tables/projected/index.ts';

export interface Difference {
  /** A table, or `temporal` for a stored event that Temporal has otherwise. */
  readonly table: ProjectedTableName | 'history_events' | 'temporal';
  /** Which row. */
  readonly row: string;
  /** Where in the row; null when one side has no such row. */
  readonly at: string | null;
  readonly expected: unknown;
  readonly found: unknown;
}
