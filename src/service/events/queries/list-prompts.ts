import { sql, type Statement } from '../../../database/sql.ts';

/** `{id, prompt}` of some questions of a run; `prompt` is `{value}` or `{ref}`. */
export const listPrompts = (runId: string, ids: readonly string[]): Statement =>
  sql`select id, prompt from workflow_questions where run_id = ${runId} and id = any(${ids})`;
