import { sql, type Statement } from '../../../database/sql.ts';

export interface DecidedRow {
  readonly key: string;
  readonly decided: boolean;
}

/** Whether how these steps stand is a person's word (DecidedRow): what their last movement says. */
export const listDecided = (runId: string, keys: readonly string[]): Statement => sql`
  select distinct on (step) step as key,
         coalesce(data->>'given', data->>'overridden', '') = 'true' as decided
  from workflow_events
  where run_id = ${runId} and type = 'status_change' and step = any(${keys}) order by step, seq desc`;
