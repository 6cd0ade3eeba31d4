import { sql, type Statement } from '../../../database/sql.ts';
import { importedFrom } from './imported-from.ts';

/** One run (RunRow), or nothing. */
export const findRun = (id: string): Statement =>
  sql`select r.*, created_at::text as position, ${importedFrom} from workflow_runs r where id = ${id}`;
