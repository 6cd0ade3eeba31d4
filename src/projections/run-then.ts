/**
 * A run's rows as they were after one of its public events: the fold of its stored history up to the place that the event
 * tells of. Nothing is written.
 *
 * A decision of the run is one step: there is no state between two events that tell of the same one.
 */
import type { MessageRow } from '../tables/projected/workflow-messages.ts';
import type { QuestionRow } from '../tables/projected/workflow-questions.ts';
import type { RunRow } from '../tables/projected/workflow-runs.ts';
import type { StepRow } from '../tables/projected/workflow-step-executions.ts';
import { RunFold } from './fold/run-fold.ts';
import { readExecutions, tellStored } from './rebuild/stored-run.ts';
import type { Reader } from './rebuild/stored-run.ts';

export interface RunThen {
  readonly run: RunRow;
  /** In the plan's order. */
  readonly steps: readonly StepRow[];
  readonly openQuestions: readonly QuestionRow[];
  /** The thread, oldest first, each entry with what had become of it. */
  readonly messages: readonly MessageRow[];
  /** ISO text: when the event was. */
  readonly at: string | null;
}

/** @returns null where the stored history does not tell of so many events */
export async function readRunThen(reader: Reader, runId: string, seq: number): Promise<RunThen | null> {
  const fold = new RunFold(runId);
  const thread = new Map<number, MessageRow>();
  for (const { execution_id } of await readExecutions(reader, runId)) {
    fold.beginExecution(execution_id);
    let at: string | undefined;
    await tellStored(reader, runId, execution_id, (event) => {
      fold.apply(event);
      // Taken after each event, that a long record does not heap up.
      const { events, messages } = fold.takeChanges();
      for (const message of messages) thread.set(message.seq, message);
      at = events.find((told) => told.seq === seq)?.at;
      return at === undefined;
    });
    if (at !== undefined) return runThen(fold, [...thread.values()], at);
  }
  return null;
}

function runThen(fold: RunFold, messages: readonly MessageRow[], at: string): RunThen | null {
  const { rows } = fold;
  if (rows === null) return null;
  return {
    run: rows.run,
    steps: [...rows.steps.values()].toSorted((one, other) => one.position - other.position),
    openQuestions: [...rows.questions.values()].filter(({ status }) => status === 'open'),
    messages: messages.toSorted((one, other) => one.seq - other.seq),
    at,
  };
}
