/** Questions to people, as the core noted them, into rows, events and comments. */
import type { Json, JsonObject } from '../../../plan/json.ts';
import type { Answer, Question, QuestionStatus } from '../../../protocol/question.ts';
import { previewOf } from '../../../protocol/values.ts';
import type { Note, RunState } from '../../../workflows/core/index.ts';
import type { Need } from '../../../tables/projected/need.ts';
import type { QuestionRow } from '../../../tables/projected/workflow-questions.ts';
import { callPlace, describeCall, describeValue } from '../record/describe-call.ts';
import { commentOn } from '../record/comments.ts';
import { timeOf } from '../rows.ts';
import type { HistoryPlace } from '../record/run-rows.ts';
import { memberOf } from '../record/usage.ts';
import { limitKey, present } from '../record/view.ts';
import type { View } from '../record/view.ts';

type QuestionState = RunState['questions'][string];
export type QuestionNote = Extract<Note, { readonly type: `question_${string}` }>;

/** True for notes that speak of a question. */
export function isQuestionNote(note: Note): note is QuestionNote {
  return note.type.startsWith('question_');
}

/** @param command the event of the message that led to it */
export function tellQuestion(
  view: View,
  place: HistoryPlace,
  note: QuestionNote,
  command: number | null,
): void {
  if (note.type === 'question_asked') return asked(view, place, note.question);
  const row = view.rows.questions.get(note.question);
  if (row === undefined) return;
  if (note.type === 'question_answered') return answered(view, place, row, note.answer, command);
  if (note.type === 'question_postponed') return postponed(view, place, row, note.expiresAt);
  closed(view, place, row, note.status, null);
}

function asked(view: View, place: HistoryPlace, question: Question): void {
  const { kind, step, preview, call } = question;
  const row = view.rows.addQuestion(rowOf(view.rows.run.id, question, []));
  const asksAbout = callOf(row);
  const causedBy =
    asksAbout === null || kind === 'limit'
      ? view.causes.ofAttempt(step)
      : view.causes.ofCall(step, asksAbout);
  const seq = questionEvent(view, place, row, {
    causedBy,
    data: {
      action: 'asked',
      preview,
      call: row.call,
      approvers: [...question.approvers],
      needed: row.needed,
    },
  });
  if (asksAbout !== null) view.causes.toolCalled(step, asksAbout, seq);
  view.setNeed(place, needKey(row), needOf(view, row));
  const content = call === null ? `Asks: ${preview}` : `Asks for a yes: ${wantedText(question, call)}`;
  const asker = view.rows.steps.get(step) ?? null;
  const metadata = asksWith(row);
  const entry = commentOn(view, place, seq, { content, step: asker, ...turnOf(row), metadata });
  view.thread.questions.set(row.id, entry);
}

function wantedText({ edit, preview }: Question, call: NonNullable<Question['call']>): string {
  return edit === undefined ? `${call.name} ${call.preview}` : preview;
}

/** With what the thread's entry can be answered. */
function asksWith({ id, kind, form, call, edit, status }: QuestionRow): JsonObject {
  const about = { ...(call === null ? {} : { call }), ...(edit === null ? {} : { edit }) };
  return { question: id, kind, form, ...about, status };
}

/** The thread's entry says what has become of the question. @param seq of the question's event */
function updateEntry(view: View, row: QuestionRow, seq: number): void {
  const entry = view.thread.questions.get(row.id);
  if (entry === undefined) return;
  view.rows.changeMessage(entry, seq, { metadata: asksWith(row) });
}

/** A pause has put off when it expires. */
function postponed(view: View, place: HistoryPlace, row: QuestionRow, expiresAt: number): void {
  const expires_at = timeOf(expiresAt);
  view.rows.changeQuestion(row, { expires_at });
  const causedBy = view.causes.ofQuestion(row.id);
  questionEvent(view, place, row, { causedBy, data: { action: 'postponed', expires_at } });
}

function answered(
  view: View,
  place: HistoryPlace,
  row: QuestionRow,
  answer: Answer,
  command: number | null,
): void {
  const { by, at, decision } = answer;
  const entry = { by, at: timeOf(at), answer: answer.answer, decision };
  view.rows.changeQuestion(row, { answers: [...row.answers, entry] });
  const preview = decision ?? previewOf(answer.answer);
  const seq = questionEvent(view, place, row, {
    causedBy: command ?? view.causes.ofQuestion(row.id),
    data: { action: 'answered', by, decision, preview },
  });
  leadOn(view, row, seq);
  const content = `${by ?? 'Somebody'} answered: ${answerText(row, answer)}`;
  commentOn(view, place, seq, { content, step: null });
}

/** A yes or a no is wanted: to a tool's call, or by a step that asks for approval. */
function isApproval({ kind, form }: QuestionRow): boolean {
  return kind === 'approval' || memberOf(memberOf(form, 'properties'), 'approved') !== undefined;
}

/** A person's answer in a person's words. */
function answerText(row: QuestionRow, { answer, decision }: Answer): string {
  if (decision !== null) return decisionText(row, decision);
  const approved = memberOf(answer, 'approved');
  if (!isApproval(row) || typeof approved !== 'boolean') return previewOf(answer);
  const remark = memberOf(answer, 'comment');
  return `${approved ? 'yes' : 'no'}${typeof remark === 'string' ? `: ${previewOf(remark)}` : ''}`;
}

function decisionText({ call }: QuestionRow, decision: string): string {
  const name = call?.['name'];
  return typeof name === 'string' ? `${decision} ${name}` : decision;
}

function closed(
  view: View,
  place: HistoryPlace,
  row: QuestionRow,
  status: Exclude<QuestionStatus, 'open'>,
  causedBy: number | null,
): void {
  view.rows.changeQuestion(row, { status, closed_at: timeOf(place.timeMs) });
  const seq = questionEvent(view, place, row, {
    causedBy: causedBy ?? view.causes.ofQuestion(row.id),
    data: { action: 'closed' },
  });
  updateEntry(view, row, seq);
  if (status !== 'withdrawn') leadOn(view, row, seq);
  // What a limit needs is met by a further segment only.
  if (row.kind !== 'limit') view.setNeed(place, needKey(row), null);
  if (status === 'expired') {
    const step = view.rows.steps.get(row.step) ?? null;
    commentOn(view, place, seq, { content: `Nobody answered in time: ${row.preview}`, step, ...turnOf(row) });
  }
}

/** Nobody waits for an answer any more: the run has ended. */
export function withdrawQuestions(view: View, place: HistoryPlace): void {
  for (const row of view.rows.questions.values()) {
    if (row.status === 'open') closed(view, place, row, 'withdrawn', view.causes.ofEnd());
  }
}

/** Brings the questions to a state that is taken up: its own are open, no other is. */
export function bringQuestions(view: View, place: HistoryPlace, state: RunState | null): void {
  const open = state?.questions ?? {};
  for (const row of view.rows.questions.values()) {
    if (row.status === 'open' && open[row.id] === undefined) {
      closed(view, place, row, 'withdrawn', view.causes.start);
    }
  }
  for (const question of Object.values(open)) {
    if (view.rows.questions.get(question.id)?.status !== 'open') reopen(view, place, question);
  }
}

/** A question that stands again. */
function reopen(view: View, place: HistoryPlace, question: QuestionState): void {
  const row = view.rows.addQuestion(rowOf(view.rows.run.id, question, question.answers));
  const { preview, call } = row;
  const seq = questionEvent(view, place, row, {
    causedBy: view.causes.start,
    data: {
      action: 'asked',
      preview,
      call,
      approvers: [...row.approvers],
      needed: row.needed,
      restored: true,
    },
  });
  updateEntry(view, row, seq);
  view.setNeed(place, needKey(row), needOf(view, row));
}

function rowOf(runId: string, question: Question, answers: readonly Answer[]): QuestionRow {
  const { id, kind, step, attempt, turn, prompt, preview, form, call, edit, approvers, needed } = question;
  return {
    run_id: runId,
    id,
    kind,
    step,
    attempt,
    turn,
    status: 'open',
    prompt: describeValue(prompt),
    preview,
    form,
    call: call === null ? null : describeCall(call),
    edit: edit === undefined ? null : (edit as unknown as JsonObject),
    approvers,
    needed,
    not_starter: question.notStarter,
    answers: answers.map((one): Json => ({ ...one, at: timeOf(one.at) })),
    asked_at: timeOf(question.askedAt),
    expires_at: question.expiresAt === null ? null : timeOf(question.expiresAt),
    closed_at: null,
  };
}

function questionEvent(
  view: View,
  place: HistoryPlace,
  row: QuestionRow,
  { causedBy, data }: { readonly causedBy: number | null; readonly data: JsonObject },
): number {
  const seq = view.rows.addEvent(place, {
    type: 'question',
    step: row.step,
    attempt: row.attempt,
    ...turnOf(row),
    data: present({ question: row.id, kind: row.kind, status: row.status, ...data }),
    causedBy,
  });
  view.causes.questionMoved(row.id, seq);
  return seq;
}

/** What the step does next comes from this. */
function leadOn(view: View, row: QuestionRow, seq: number): void {
  view.causes.leadsOn(row.step, seq);
  const call = callOf(row);
  if (call !== null) view.causes.toolCalled(row.step, call, seq);
}

/** The call that a question is about, or that asks it: the latter's place ends the question's id. */
function callOf({ call, kind, turn, id }: QuestionRow): string | null {
  if (typeof call?.['id'] === 'string') return call['id'];
  return kind === 'ask_user' && turn !== null ? callPlace(turn, id.slice(id.lastIndexOf('.') + 1)) : null;
}

function turnOf({ turn }: QuestionRow): { readonly turn?: number } {
  return turn === null ? {} : { turn };
}

function needKey({ kind, step, id }: QuestionRow): string {
  return kind === 'limit' ? limitKey(step) : `question ${id}`;
}

/** A limit that asks is answered or simply continued: what it says stays. */
function needOf(view: View, row: QuestionRow): Need {
  const { kind, step, id, preview } = row;
  const limit = kind === 'limit' ? view.limitNeed(step) : undefined;
  if (limit !== undefined) return limit;
  const run = view.rows.run.id;
  const [member, option] = isApproval(row) ? ['"decision": "approve"', ' --approve'] : ['…', ''];
  const routes = `POST /runs/${run}/answers {"question": "${id}", ${member}} or: baton answer ${run} ${id}${option}`;
  return { step, kind, message: `step "${step}" asks: ${preview}; answer with ${routes}` };
}
