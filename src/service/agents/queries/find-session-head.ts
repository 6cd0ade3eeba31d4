import { sql, type Statement } from '../../../database/sql.ts';

/**
 * `{hash}` of the last entry of a session's branch, or nothing. With a hash: that entry, if it is of this session;
 * without: the newest entry that nothing follows.
 */
export const findSessionHead = (sessionId: string, hash: string | undefined): Statement => sql`
  select m.hash from session_messages m
  where m.session_id = ${sessionId} and (m.hash = ${hash ?? null}::text or (${hash ?? null}::text is null
    and not exists (
      select from session_messages n
      where n.session_id = m.session_id and n.depth = m.depth + 1 and n.parent = m.hash
    )))
  order by m.created_at desc, m.depth desc, m.hash limit 1`;
