import { allOf, sql, type Statement } from '../../database/sql.ts';

export interface FoundAttempt {
  readonly epoch: number;
  readonly attempt: number;
  readonly scheduled_at: Date;
}

/** The newest attempt (FoundAttempt) of a step among those that are meant. */
export const findAttempt = (
  runId: string,
  step: string,
  { attempt, epoch }: { readonly attempt?: number | undefined; readonly epoch?: number | undefined },
): Statement => sql`
  select epoch, attempt, scheduled_at from workflow_step_attempts
  where run_id = ${runId} and step = ${step} and ${allOf([
    ...(attempt === undefined ? [] : [sql`attempt = ${attempt}`]),
    ...(epoch === undefined ? [] : [sql`epoch = ${epoch}`]),
  ])}
  order by epoch desc, attempt desc limit 1`;
