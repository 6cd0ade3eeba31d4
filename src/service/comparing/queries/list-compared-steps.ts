import { sql, type Statement } from '../../../database/sql.ts';
import type { ComparedStep } from '../compare-runs.ts';

/** A row as it is read: what the comparison takes, with times. */
export type ComparedStepRow = Omit<ComparedStep, 'duration_seconds'> & {
  readonly started_at: Date | null;
  readonly completed_at: Date | null;
};

/** The steps of a run (ComparedStepRow), without those of former branches, in the plan's order. */
export const listComparedSteps = (runId: string): Statement => sql`
  select s.address as key, s.kind, s.dependencies, s.status, s.attempt, s.reason, s.error, s.output, s.output_preview, s.model,
         s.turns, s.input_tokens, s.output_tokens, s.total_tokens, s.cost_estimate, s.started_at, s.completed_at,
         exists (select 1 from workflow_step_attempts a where a.run_id = s.run_id and a.step = s.address) as ran
  from workflow_step_executions s
  where s.run_id = ${runId} and s.status <> 'superseded'
  order by s.position`;
