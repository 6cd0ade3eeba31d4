import { sql, type Statement } from '../../database/sql.ts';
import type { Changes } from '../fold/rows.ts';
import { jsonText } from './json-text.ts';

/** Names of the projected tables and the columns that tell their rows apart. */
export const TABLES = {
  workflow_runs: ['id'],
  workflow_step_executions: ['key'],
  workflow_step_attempts: ['step', 'epoch', 'attempt'],
  llm_calls: ['step', 'epoch', 'attempt', 'turn'],
  workflow_questions: ['id'],
  workflow_events: ['seq'],
  workflow_messages: ['seq'],
  workflow_checkpoints: ['execution_id', 'event_id'],
} as const;

export type TableName = keyof typeof TABLES;

/** A run's rows (`{table, row}`) as they stand in the tables. */
export const readRunRows = (runId: string): Statement => sql`
  select 'workflow_runs' as table, to_jsonb(t) as row from workflow_runs t where id = ${runId}
  union all
  select 'workflow_step_executions', to_jsonb(t) from workflow_step_executions t where run_id = ${runId}
  union all
  select 'workflow_step_attempts', to_jsonb(t) from workflow_step_attempts t where run_id = ${runId}
  union all
  select 'llm_calls', to_jsonb(t) from llm_calls t where run_id = ${runId}
  union all
  select 'workflow_questions', to_jsonb(t) from workflow_questions t where run_id = ${runId}
  union all
  select 'workflow_events', to_jsonb(t) from workflow_events t where run_id = ${runId}
  union all
  select 'workflow_messages', to_jsonb(t) from workflow_messages t where run_id = ${runId}
  union all
  select 'workflow_checkpoints', to_jsonb(t) from workflow_checkpoints t where run_id = ${runId}`;

/** Folded rows (`{table, row}`) in the form in which Postgres gives them back. */
export const normalizeRows = (changes: Changes): Statement => sql`
  select 'workflow_runs' as table, to_jsonb(t) as row
  from jsonb_populate_recordset(null::workflow_runs, ${jsonText(changes.run === null ? [] : [changes.run])}::jsonb) t
  union all
  select 'workflow_step_executions', to_jsonb(t)
  from jsonb_populate_recordset(null::workflow_step_executions, ${jsonText(changes.steps)}::jsonb) t
  union all
  select 'workflow_step_attempts', to_jsonb(t)
  from jsonb_populate_recordset(null::workflow_step_attempts, ${jsonText(changes.attempts)}::jsonb) t
  union all
  select 'llm_calls', to_jsonb(t)
  from jsonb_populate_recordset(null::llm_calls, ${jsonText(changes.calls)}::jsonb) t
  union all
  select 'workflow_questions', to_jsonb(t)
  from jsonb_populate_recordset(null::workflow_questions, ${jsonText(changes.questions)}::jsonb) t
  union all
  select 'workflow_events', to_jsonb(t)
  from jsonb_populate_recordset(null::workflow_events, ${jsonText(changes.events)}::jsonb) t
  union all
  select 'workflow_messages', to_jsonb(t)
  from jsonb_populate_recordset(null::workflow_messages, ${jsonText(changes.messages)}::jsonb) t
  union all
  select 'workflow_checkpoints', to_jsonb(t)
  from jsonb_populate_recordset(null::workflow_checkpoints, ${jsonText(changes.checkpoints)}::jsonb) t`;
