import { sql, type Statement } from '../../../database/sql.ts';

/**
 * Entries (SessionMessageRow) from a branch's root to its head, after a depth, one more than the limit. Unless they are
 * all wanted: without those that a summary stands for.
 */
export const listSessionMessages = (
  head: string,
  { after, limit, all }: { readonly after: number; readonly limit: number; readonly all: boolean },
): Statement => sql`
  with recursive branch as (
    select hash, parent, depth from session_messages where hash = ${head}
    union all
    select m.hash, m.parent, m.depth from branch b join session_messages m on m.hash = b.parent
  ), summary as (
    select m.depth, (m.content ->> 'from')::int as first, (m.content ->> 'to')::int as last
    from branch b join session_messages m on m.hash = b.hash
    where m.role = 'summary' and not ${all} order by m.depth desc limit 1
  )
  select m.hash, m.parent, m.depth, m.role, m.content, m.created_at
  from branch b join session_messages m on m.hash = b.hash
  where b.depth > ${after} and not exists (
    select from summary s where (m.role = 'summary' and m.depth < s.depth)
      or (m.depth between s.first and s.last and not (m.role = 'user'
        and m.content ->> 'source' in ('continue', 'instruction', 'redirect'))))
  order by m.depth limit ${limit + 1}`;
