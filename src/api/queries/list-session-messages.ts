import { sql, type Statement } from '../../database/sql.ts';

/** Entries (SessionMessageRow) from a branch's root to its head, after a depth, one more than the limit. */
export const listSessionMessages = (head: string, after: number, limit: number): Statement => sql`
  with recursive branch as (
    select hash, parent, depth from session_messages where hash = ${head}
    union all
    select m.hash, m.parent, m.depth from branch b join session_messages m on m.hash = b.parent
  )
  select m.hash, m.parent, m.depth, m.role, m.content, m.created_at
  from (select hash from branch where depth > ${after} order by depth limit ${limit + 1}) b
  join session_messages m on m.hash = b.hash order by m.depth`;
