import { sql, type Statement } from '../../../database/sql.ts';

export interface TraceRow {
  readonly run_id: string;
  readonly traceparent: string;
}

/** The traces that these runs were started in, of those that were. */
export const findTraces = (runIds: readonly string[]): Statement => sql`
  select run_id, traceparent from run_traces where run_id = any(${runIds}::text[])`;
