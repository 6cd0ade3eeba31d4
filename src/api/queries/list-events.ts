import { allOf, sql, type Statement } from '../../database/sql.ts';

export interface EventSelection {
  readonly runId: string;
  /** Only what has a greater seq. */
  readonly after: number;
  readonly type?: readonly string[] | undefined;
  readonly step?: string | undefined;
  readonly limit: number;
}

/** Events (EventRow) in order, at most `limit`. */
export function listEvents({ runId, after, type, step, limit }: EventSelection): Statement {
  const filters = [
    ...(type === undefined ? [] : [sql`type = any(${type})`]),
    ...(step === undefined ? [] : [sql`step = ${step}`]),
  ];
  return sql`
    select run_id, seq, type, step, attempt, data, caused_by, previous, at from workflow_events
    where run_id = ${runId} and seq > ${after} and ${allOf(filters)} order by seq limit ${limit}`;
}
