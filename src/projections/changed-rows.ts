import type { ProjectedRows } from '../tables/projected/index.ts';
import type { Changes } from './fold/rows.ts';

/** What a fold has changed, by table. */
export const changedRows = ({ run, ...lists }: Changes): ProjectedRows => ({
  ...lists,
  runs: run === null ? [] : [run],
});
