import { sql, type Statement } from '../../../database/sql.ts';

/** A version (VersionRow) by its number, or nothing. */
export const findVersionNumber = (workflow: string, version: string): Statement => sql`
  select workflow, version, ordinal, hash, format, plan->>'title' as title, plan->>'description' as description,
         published_by, created_at
  from workflow_versions where workflow = ${workflow} and version = ${version}`;
