/** Tables in memory, and folds into them. */
import type { Kinds } from '../workflows/core/index.ts';
import type { RecordedEvent } from '../projections/fold/recorded-event.ts';
import type { CallRow } from '../tables/projected/llm-calls.ts';
import type { CheckpointRow } from '../tables/projected/workflow-checkpoints.ts';
import type { QuestionRow } from '../tables/projected/workflow-questions.ts';
import type { AttemptRow } from '../tables/projected/workflow-step-attempts.ts';
import type { Changes } from '../projections/fold/rows.ts';
import type { EventRow } from '../tables/projected/workflow-events.ts';
import type { MessageRow } from '../tables/projected/workflow-messages.ts';
import type { RunRow } from '../tables/projected/workflow-runs.ts';
import type { StepRow } from '../tables/projected/workflow-step-executions.ts';
import { RunFold } from '../projections/fold/run-fold.ts';
import { readJson, writeJson } from '../plan/exact-json.ts';

/** An execution's id and events. */
export interface History {
  readonly executionId: string;
  readonly events: readonly RecordedEvent[];
}

/** Rows by their keys, as a database would hold them. */
export class Tables {
  run: RunRow | null = null;
  readonly steps: Record<string, StepRow> = {};
  readonly attempts: Record<string, AttemptRow> = {};
  readonly events: EventRow[] = [];
  readonly messages: MessageRow[] = [];
  readonly #places = new Map<number, number>();
  readonly calls: Record<string, CallRow> = {};
  readonly questions: Record<string, QuestionRow> = {};
  readonly checkpoints: CheckpointRow[] = [];
  readonly causeDepths: number[] = [];

  /** Takes rows through JSON, as they go to the database. */
  write(changes: Changes): void {
    const written = readJson<Changes>(writeJson(changes));
    const { run, steps, attempts, calls, questions, events, messages } = written;
    if (run !== null) this.run = run;
    for (const row of steps) this.steps[row.key] = row;
    for (const row of attempts) this.attempts[`${row.epoch}/${row.step}#${row.attempt}`] = row;
    for (const row of calls) this.calls[`${row.epoch}/${row.step}#${row.attempt}/${row.turn}`] = row;
    for (const row of questions) this.questions[row.id] = row;
    this.events.push(...events);
    for (const row of messages) this.#writeMessage(row);
    this.checkpoints.push(...written.checkpoints);
    this.causeDepths.push(...written.causeDepths);
  }

  #writeMessage(row: MessageRow): void {
    const place = this.#places.get(row.seq) ?? this.messages.length;
    this.#places.set(row.seq, place);
    this.messages[place] = row;
  }
}

/** Folds a chain of executions in pages of so many events, and writes each page. */
export function foldInPages(runId: string, chain: readonly History[], page: number, kinds?: Kinds): Tables {
  const fold = new RunFold(runId, kinds);
  const tables = new Tables();
  for (const { executionId, events } of chain) {
    fold.beginExecution(executionId);
    for (let i = 0; i < events.length; i += page) {
      for (const event of events.slice(i, i + page)) fold.apply(event);
      tables.write(fold.takeChanges());
    }
  }
  return tables;
}
