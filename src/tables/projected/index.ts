/**
 * The tables that are a fold over a run's stored events: the projector writes them page by page, `baton rebuild` writes
 * them anew, `baton verify` compares them. Parents come before children, under the names that changes have in the fold.
 */
import type { RowOf, Table } from '../table.ts';
import { llmCalls } from './llm-calls.ts';
import { workflowCheckpoints } from './workflow-checkpoints.ts';
import { workflowEvents } from './workflow-events.ts';
import { workflowMessages } from './workflow-messages.ts';
import { workflowQuestions } from './workflow-questions.ts';
import { workflowRuns } from './workflow-runs.ts';
import { workflowStepAttempts } from './workflow-step-attempts.ts';
import { workflowStepExecutions } from './workflow-step-executions.ts';

export const PROJECTED = {
  runs: workflowRuns,
  steps: workflowStepExecutions,
  attempts: workflowStepAttempts,
  calls: llmCalls,
  questions: workflowQuestions,
  events: workflowEvents,
  messages: workflowMessages,
  checkpoints: workflowCheckpoints,
} as const satisfies Readonly<Record<string, Table>>;

type Projected = typeof PROJECTED;
type ProjectedTable = Projected[keyof Projected];
export type ProjectedTableName = ProjectedTable['name'];

/** Rows by table. */
export type ProjectedRows = { readonly [Name in keyof Projected]: readonly RowOf<Projected[Name]>[] };

/** Each table with its rows, in the order in which they have to be written. */
export function byTable(rows: ProjectedRows): readonly (readonly [Table, readonly object[]])[] {
  return Object.entries(PROJECTED).map(([name, table]) => [table, rows[name as keyof Projected]]);
}

export const isProjected = (table: Table): boolean => Object.values<Table>(PROJECTED).includes(table);
