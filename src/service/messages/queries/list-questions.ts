import { allOf, sql, type Statement } from '../../../database/sql.ts';
import { stepWithin } from '../../runs/queries/step-within.ts';

/** A stored prompt or argument above this stays a reference. */
const WHOLE_BYTES = 256 * 1024;

/** Which questions are wanted. Members that are undefined choose nothing. */
export interface QuestionSelection {
  readonly run?: string | undefined;
  readonly id?: string | undefined;
  readonly status?: readonly string[] | undefined;
  readonly kind?: readonly string[] | undefined;
  readonly step?: string | undefined;
  readonly workflow?: string | undefined;
  readonly limit: number;
}

/** Questions (QuestionRow), oldest first, one more than the limit; `after` is `[position, run, id]` of the last seen. */
export const listQuestions = (selection: QuestionSelection, after?: readonly string[]): Statement => sql`
  select q.run_id, r.workflow, q.id, q.kind, q.step, q.attempt, q.turn, q.status, q.prompt, q.preview, q.form, q.call, q.edit,
         q.approvers, q.needed, q.not_starter, q.answers, q.asked_at, q.expires_at, q.closed_at,
         q.asked_at::text as position, p.content as prompt_text, i.content as input_text
  from workflow_questions q join workflow_runs r on r.id = q.run_id
  left join blobs p on p.hash = q.prompt->'ref'->>'$blob' and p.bytes <= ${WHOLE_BYTES}
  left join blobs i on i.hash = q.call->'input'->'ref'->>'$blob' and i.bytes <= ${WHOLE_BYTES}
  where ${allOf([...conditions(selection), ...continuation(after)])}
  order by q.asked_at, q.run_id, q.id limit ${selection.limit + 1}`;

function* conditions(selection: QuestionSelection): Generator<Statement> {
  const { run, id, status, kind, step, workflow } = selection;
  // Written out, so that the index of open questions serves the usual case.
  if (status?.length === 1 && status[0] === 'open') yield sql`q.status = 'open'`;
  else if (status !== undefined) yield sql`q.status = any(${status})`;
  if (kind !== undefined) yield sql`q.kind = any(${kind})`;
  if (step !== undefined) yield stepWithin(step, sql`q.step`);
  if (workflow !== undefined) yield sql`r.workflow = ${workflow}`;
  if (run !== undefined) yield sql`q.run_id = ${run}`;
  if (id !== undefined) yield sql`q.id = ${id}`;
}

function continuation(after: readonly string[] | undefined): Statement[] {
  if (after === undefined) return [];
  const [position, run, id] = after;
  return [sql`(q.asked_at, q.run_id, q.id) > (${position}::timestamptz, ${run}, ${id})`];
}
