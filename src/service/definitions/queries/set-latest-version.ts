import { sql, type Statement } from '../../../database/sql.ts';

/** Makes a version the one that starts without a version get. */
export const setLatestVersion = (name: string, version: string): Statement =>
  sql`update workflows set latest_version = ${version}, updated_at = now() where name = ${name}`;
