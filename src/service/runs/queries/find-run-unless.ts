import { sql, type Statement } from '../../../database/sql.ts';
import { importedFrom } from './imported-from.ts';
import { runNow } from './run-now.ts';

/**
 * One row with the run's `row_version` and, unless that is `known`, the whole run (RunRow, else its `id` is null);
 * nothing when there is no such run. Postgres gives every written row a version of its own, whoever writes it.
 */
export const findRunUnless = (id: string, known: string | null): Statement => sql`
  select v.row_version, r.*, r.created_at::text as position, ${importedFrom}
  from (select id, xmin::text as row_version from workflow_runs where id = ${id}) v
  left join workflow_runs r on r.id = v.id and v.row_version is distinct from ${known}::text`;

/** The same with what the run does and waits for (RunNowRow), which is in the row also where the version is `known`. */
export const findRunNowUnless = (id: string, known: string | null): Statement => sql`
  select * from (${findRunUnless(id, known)}) told,
  (select ${runNow} from workflow_runs r where r.id = ${id}) doing`;
