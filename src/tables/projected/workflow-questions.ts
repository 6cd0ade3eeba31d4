/** One row for a question to people, with its answers. */
import type { Json, JsonObject } from '../../plan/json.ts';
import type { QuestionKind, QuestionStatus } from '../../protocol/question.ts';
import { boolean, integer, json, nullable, text, texts, time } from '../column.ts';
import { table, type RowOf } from '../table.ts';

export const workflowQuestions = table({
  name: 'workflow_questions',
  key: ['run_id', 'id'],
  rows: 'replaced',
  run: 'run_id',
  archive: 'moved',
  columns: {
    run_id: text(),
    id: text(),
    kind: text<QuestionKind>(),
    step: text(),
    attempt: integer(),
    turn: nullable(integer()),
    status: text<QuestionStatus>(),
    /** A SuppliedValue. */
    prompt: json<JsonObject>(),
    preview: text(),
    form: nullable(json<JsonObject>()),
    /** `{id, name, input, preview}` of the call that waits for a yes. */
    call: nullable(json<JsonObject>()),
    /** What that would do to the plan: `{revision, reason, added, removed, changed, rewired}`. */
    edit: nullable(json<JsonObject>()),
    approvers: texts(),
    needed: integer(),
    not_starter: boolean(),
    /** `[{by, at, answer, decision}]` */
    answers: json<readonly Json[]>(),
    asked_at: time(),
    expires_at: nullable(time()),
    closed_at: nullable(time()),
  },
});

export type QuestionRow = RowOf<typeof workflowQuestions>;
