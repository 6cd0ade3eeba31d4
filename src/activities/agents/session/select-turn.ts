import { sql, type Statement } from '../../../database/sql.ts';

/** What an answer is found by. */
export interface TurnKey {
  readonly session: string;
  /** Hash of the last entry before the answer. */
  readonly parent: string;
  /** Hash of what else decides the request. */
  readonly request: string;
}

export function selectTurn({ session, parent, request }: TurnKey): Statement {
  return sql`
    select output from session_turns
    where session_id = ${session} and parent = ${parent} and request_hash = ${request}`;
}
