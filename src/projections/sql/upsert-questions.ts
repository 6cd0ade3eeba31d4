import { sql, type Statement } from '../../database/sql.ts';
import type { QuestionRow } from '../fold/agent-rows.ts';
import { jsonText } from './json-text.ts';

/** Inserts or replaces questions. `condition` may speak of a row as `r`. */
export const upsertQuestions = (rows: readonly QuestionRow[], condition = sql`true`): Statement => sql`
  insert into workflow_questions
  select * from json_populate_recordset(null::workflow_questions, ${jsonText(rows)}::json) r
  where ${condition}
  on conflict (run_id, id) do update set
    kind = excluded.kind,
    step = excluded.step,
    attempt = excluded.attempt,
    turn = excluded.turn,
    status = excluded.status,
    prompt = excluded.prompt,
    preview = excluded.preview,
    form = excluded.form,
    call = excluded.call,
    approvers = excluded.approvers,
    needed = excluded.needed,
    not_starter = excluded.not_starter,
    answers = excluded.answers,
    asked_at = excluded.asked_at,
    expires_at = excluded.expires_at,
    closed_at = excluded.closed_at`;
