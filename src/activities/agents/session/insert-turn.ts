import { sql, type Statement } from '../../../database/sql.ts';
import { writeJson } from '../../../plan/exact-json.ts';
import type { Json } from '../../../plan/json.ts';
import { storableJson } from '../../../plan/storable.ts';
import type { TurnOutput } from '../../../protocol/agent.ts';
import { insertNodes } from './insert-nodes.ts';
import type { SessionNode } from './node.ts';
import type { TurnKey } from './select-turn.ts';

/** Answer and turn together. When the same turn has been answered meanwhile, that answer stays. */
export function insertTurn(turn: TurnKey, answer: SessionNode, output: TurnOutput): Statement {
  return sql`
    with answer as (${insertNodes([answer])})
    insert into session_turns (session_id, parent, request_hash, answer, output)
    values (${turn.session}, ${turn.parent}, ${turn.request}, ${answer.hash}, ${writeJson(storableJson(output as unknown as Json))})
    on conflict (session_id, parent, request_hash) do nothing`;
}
