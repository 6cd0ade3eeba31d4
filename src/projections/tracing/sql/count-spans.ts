import { sql } from '../../../database/sql.ts';

/** How many spans wait, and how many seconds the oldest has. Answers `{count, seconds}`; `seconds` is null where none waits. */
export const countSpans = () => sql`
  select count(*)::int as count, extract(epoch from now() - min(settled_at))::float as seconds from trace_spans`;
