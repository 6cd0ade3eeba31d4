import { sql, type Statement } from '../../../database/sql.ts';
import type { SessionNode } from './node.ts';
import { writeJson } from '../../../plan/exact-json.ts';

/** Nodes that stand already stay as they are: an equal hash means an equal node. */
export function insertNodes(nodes: readonly SessionNode[]): Statement {
  return sql`
    insert into session_messages (hash, session_id, parent, depth, role, content)
    select hash, session_id, parent, depth, role, content
    from json_to_recordset(${writeJson(nodes.map(rowOf))}::json)
      as node (hash text, session_id text, parent text, depth integer, role text, content json)
    on conflict (hash) do nothing`;
}

function rowOf({ hash, session, parent, depth, entry }: SessionNode): object {
  return { hash, session_id: session, parent, depth, role: entry.role, content: entry.content };
}
