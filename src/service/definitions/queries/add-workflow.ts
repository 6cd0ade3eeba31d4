import { sql, type Statement } from '../../../database/sql.ts';

/** Makes room for a name that is not known yet. */
export const addWorkflow = (name: string, version: string): Statement =>
  sql`insert into workflows (name, latest_version) values (${name}, ${version}) on conflict (name) do nothing`;
