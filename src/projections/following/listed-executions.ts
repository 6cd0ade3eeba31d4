/** Statements on `listed_executions`. */
import { sql, type Statement } from '../../database/sql.ts';

/** What is listed together. */
export interface Listed {
  readonly namespaceId: string;
  readonly taskQueue: string;
}

/** `{newest_at}`; nothing where everything is to be listed: never done, or longer ago than `hours`. */
export const findListed = ({ namespaceId, taskQueue }: Listed, hours: number): Statement => sql`
  select newest_at from listed_executions
  where namespace_id = ${namespaceId} and task_queue = ${taskQueue}
    and whole_at > now() - ${hours}::float8 * interval '1 hour'`;

/** Everything was listed, up to there. @param newestMs ms since 1970 */
export const keepWhole = ({ namespaceId, taskQueue }: Listed, newestMs: number): Statement => sql`
  insert into listed_executions as l (namespace_id, task_queue, newest_at, whole_at)
  values (${namespaceId}, ${taskQueue}, to_timestamp(${newestMs}::float8 / 1000), now())
  on conflict (namespace_id, task_queue) do update
    set newest_at = greatest(l.newest_at, excluded.newest_at), whole_at = excluded.whole_at`;

/** What came since was listed too. */
export const keepNewest = ({ namespaceId, taskQueue }: Listed, newestMs: number): Statement => sql`
  update listed_executions set newest_at = to_timestamp(${newestMs}::float8 / 1000)
  where namespace_id = ${namespaceId} and task_queue = ${taskQueue}
    and newest_at < to_timestamp(${newestMs}::float8 / 1000)`;
