import { allOf, sql, type Statement } from '../../../database/sql.ts';
import { seqOrder, seqWithin, type SeqRange } from '../../runs/queries/seq-range.ts';
import { stepWithin } from '../../runs/queries/step-within.ts';

/** Which events are wanted. Members that are undefined choose nothing. */
export interface EventChoice {
  readonly type?: readonly string[] | undefined;
  readonly step?: string | undefined;
  /** `run`: only what concerns no step. */
  readonly scope?: 'run' | undefined;
  readonly turn?: number | undefined;
  /** Not before. */
  readonly since?: Date | undefined;
  /** Before. */
  readonly until?: Date | undefined;
}

export interface EventSelection extends EventChoice, SeqRange {
  readonly runId: string;
  readonly limit: number;
}

/** Of EventRow. Plans that were never edited are of revision 0. */
export const eventColumns = sql`run_id, seq, type, step, attempt, turn,
  case when step is not null then coalesce(revision, 0) end as revision, data, caused_by, previous, at`;

/** Events (EventRow) in that order, at most `limit`. */
export const listEvents = ({ runId, limit, ...choice }: EventSelection): Statement => sql`
  select ${eventColumns} from workflow_events
  where run_id = ${runId} and ${seqWithin(choice)} and ${allOf([...conditions(choice)])}
  order by ${seqOrder(choice)} limit ${limit}`;

function* conditions({ type, step, scope, turn, since, until }: EventChoice): Generator<Statement> {
  if (type !== undefined) yield sql`type = any(${type})`;
  if (step !== undefined) yield stepWithin(step);
  if (scope === 'run') yield sql`step is null`;
  if (turn !== undefined) yield sql`turn = ${turn}`;
  if (since !== undefined) yield sql`at >= ${since}`;
  if (until !== undefined) yield sql`at < ${until}`;
}
