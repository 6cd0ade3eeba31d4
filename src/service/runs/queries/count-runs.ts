import { allOf, sql, type Statement } from '../../../database/sql.ts';
import { selected, type RunSelection } from './list-runs.ts';

/** How many runs there are by status: `{status, runs}`. */
export const countRuns = (selection: RunSelection): Statement => sql`
  select r.status, count(*) as runs from workflow_runs r where ${allOf(selected(selection))} group by r.status`;
