import { sql, type Statement } from '../../../database/sql.ts';

/** Versions (VersionRow) of a workflow, newest first, one more than the limit; `before` is the last ordinal seen. */
export const listVersions = (workflow: string, limit: number, before: number | undefined): Statement => sql`
  select workflow, version, ordinal, hash, format, plan->>'title' as title, plan->>'description' as description,
         published_by, created_at
  from workflow_versions where workflow = ${workflow} and (${before ?? null}::int is null or ordinal < ${before ?? null})
  order by ordinal desc limit ${limit + 1}`;
