/** The runs that wait so, as sets of their ids: they are few among all, and are found without looking at the others. */
import { joined, sql, type Statement } from '../../database/sql.ts';
import type { WaitingKind } from '../../protocol/filter/waiting-kinds.ts';
import { WAITS } from './waits.ts';

/** That a run `r` waits in one of these ways. */
export function waitsFor(kinds: readonly WaitingKind[]): Statement {
  return sql`r.id in (${joined(kinds.map(idsOf), ' union all ')})`;
}

function idsOf(kind: WaitingKind): Statement {
  if (kind === 'question') return sql`select q.run_id from workflow_questions q where q.status = 'open'`;
  // Every other kind is of open runs, which have an index; this has one of its own.
  if (kind === 'limit') return sql`select r.id from workflow_runs r where r.needs <> '[]' and ${WAITS.limit}`;
  return sql`select r.id from workflow_runs r where ${WAITS[kind]}`;
}
