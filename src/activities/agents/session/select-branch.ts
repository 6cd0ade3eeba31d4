import { sql, type Statement } from '../../../database/sql.ts';

/** From the first entry to `head`; nothing when there is no such entry in this session. */
export function selectBranch(session: string, head: string): Statement {
  return sql`
    with recursive branch as (
      select * from session_messages where hash = ${head} and session_id = ${session}
      union all
      select before.* from session_messages before join branch on before.hash = branch.parent
    )
    select hash, session_id as session, parent, depth, role, content from branch order by depth`;
}
