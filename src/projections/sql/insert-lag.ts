import { sql, type Statement } from '../../database/sql.ts';

/** Notes a lag (seconds), and lets those go that nobody asks for any more. */
export const insertLag = (seconds: number): Statement => sql`
  with old as (delete from projection_lags where at < now() - interval '400 days')
  insert into projection_lags (seconds) values (${seconds})`;
