/** Rows of steps, with their attempts and what was observed of them, as JSON. */
import type { Assignment } from '../../contract/nodes/assignment.ts';
import type { Attempt, Process, Step } from '../../contract/step.ts';
import { exactly } from './exactly.ts';
import { iso, isoOrNull } from './time.ts';

/** As `runs/queries/list-steps.ts` answers it; times inside `attempts` and `process` are texts in Postgres' form. */
export type StepRow = Omit<Step, 'started_at' | 'completed_at' | 'waiting_for' | 'retry_at' | 'attempts'> & {
  readonly attempts: readonly AttemptRow[];
  readonly retry_at: Date | null;
  readonly started_at: Date | null;
  readonly completed_at: Date | null;
};

type AttemptRow = Attempt & { readonly run_id: string; readonly step: string };

export function stepJson(row: StepRow): Step {
  return exactly<Step>()({
    ...row,
    waiting_for: row.process?.waiting_for ?? missingNode(row.assignment),
    retry_at: isoOrNull(row.retry_at),
    started_at: isoOrNull(row.started_at),
    completed_at: isoOrNull(row.completed_at),
    attempts: row.attempts.map(attemptJson),
    assignment: row.assignment === null ? null : assignmentJson(row.assignment),
    process: row.process === null ? null : processJson(row.process),
  });
}

/** Whose attempt it is stands around it. */
function attemptJson(row: AttemptRow): Attempt {
  const { run_id: _, step: __, ...attempt } = row;
  return exactly<Attempt>()({
    ...attempt,
    scheduled_at: iso(attempt.scheduled_at),
    started_at: isoOrNull(attempt.started_at),
    completed_at: isoOrNull(attempt.completed_at),
  });
}

const missingNode = (assignment: Assignment | null): string | null =>
  assignment?.status === 'waiting' ? assignment.why : null;

/** Times inside are texts in Postgres' form. */
export function assignmentJson(row: Assignment): Assignment {
  return {
    ...row,
    created_at: iso(row.created_at),
    started_at: isoOrNull(row.started_at),
    ended_at: isoOrNull(row.ended_at),
  };
}

function processJson(process: Process): Process {
  return exactly<Process>()({
    ...process,
    last_heartbeat_at: isoOrNull(process.last_heartbeat_at),
    observed_at: iso(process.observed_at),
    pause: process.pause && { ...process.pause, since: isoOrNull(process.pause.since) },
  });
}
