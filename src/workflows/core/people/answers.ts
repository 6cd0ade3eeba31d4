/**
 * Answers to questions: who may give them, and whether they fit. A wrong answer is refused with the reason and changes
 * nothing. What a right one leads to, the kind of step knows that has asked.
 */
import { WORKFLOW_COST, isTooCostly } from '../../../expressions/index.ts';
import { jsonBytes } from '../../../plan/json.ts';
import { misfitsOf } from '../../../plan/schema/json-schema.ts';
import type { Json, JsonObject } from '../../../plan/json.ts';
import { FORM_COST } from '../../../plan/schema/schema-cost.ts';
import { judge, linesOfMisfits } from '../../../plan/schema/schema-judge.ts';
import type { Answer } from '../../../protocol/question.ts';
import type { SignalMessage } from '../../../protocol/signals.ts';
import { change, note, startTimer } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { PROCESSED, refused } from '../kernel/receipt.ts';
import type { Receipt } from '../kernel/receipt.ts';
import type { QuestionState } from '../kernel/state.ts';
import { since } from '../kernel/versions.ts';

const MAX_ANSWER_BYTES = 64 * 1024;
/** After so many ms it is looked again whether the plan is there. */
const PUT_OFF_MS = 1_000;

export function takeAnswer(draft: Draft, message: SignalMessage): Receipt {
  if (draft.state.cancel !== null) return refused('the run is being cancelled');
  if (isUnplanned(draft)) return refused('the run is loading its plan again; please answer in a moment');
  const question = questionFor(draft, message);
  if (typeof question === 'string') return refused(question);
  const refusal = faultOfPerson(draft, question, message) ?? faultOfAnswer(draft, question, message);
  if (refusal !== null) return refused(refusal);
  const { answer = null, decision = null, by = null } = message;
  const given: Answer = { by, at: draft.at.now, answer, decision };
  const answered = { ...question, answers: [...question.answers, given] };
  change(draft, { questions: { ...draft.state.questions, [question.id]: answered } });
  note(draft, { type: 'question_answered', question: question.id, answer: given });
  draft.kinds.questions[question.kind]?.answered(draft, answered, message);
  return PROCESSED;
}

/** What follows from an answer, and from none, the plan says. A run that has continued as new may have to load it first. */
function isUnplanned({ state }: Draft): boolean {
  return state.plan === null && since(state, 'planned_answers');
}

/** Without an id the only open question is meant. */
function questionFor(draft: Draft, { question: id }: SignalMessage): QuestionState | string {
  const open = Object.values(draft.state.questions);
  if (id === undefined) {
    const [only, another] = open;
    if (only === undefined) return 'the run has no open question';
    return another === undefined
      ? only
      : `"question" is missing and ${open.length} are open: ${open.map((one) => one.id).join(', ')}`;
  }
  const found = Object.hasOwn(draft.state.questions, id) ? draft.state.questions[id] : undefined;
  return found ?? `there is no open question "${id}"; it may have been answered already`;
}

function faultOfPerson(draft: Draft, question: QuestionState, message: SignalMessage): string | null {
  const by = message.by ?? null;
  const { approvers, notStarter, needed, answers } = question;
  const named = approvers.length > 0 || notStarter || needed > 1;
  if (named && by === null) return '"by" is needed: this question asks who answers';
  if (by === null) return null;
  if (approvers.length > 0 && !approvers.includes(by))
    return `"${by}" may not answer; approvers: ${approvers.join(', ')}`;
  if (notStarter && by === draft.state.startedBy) return `"${by}" started the run and may not answer`;
  return answers.some((given) => given.by === by) ? `"${by}" has answered already` : null;
}

function faultOfAnswer(
  draft: Draft,
  { kind, form }: QuestionState,
  { answer, decision }: SignalMessage,
): string | null {
  if (jsonBytes(answer) > MAX_ANSWER_BYTES) return `the answer is larger than ${MAX_ANSWER_BYTES} bytes`;
  if (kind === 'approval') {
    if (decision === undefined) return '"decision" must be approve, edit or reject';
    const isObject = typeof answer === 'object' && answer !== null && !Array.isArray(answer);
    return decision === 'edit' && !isObject ? '"answer" must hold the new arguments as an object' : null;
  }
  if (decision !== undefined) return '"decision" is for calls of tools only; give "answer"';
  if (answer === undefined) return '"answer" is missing';
  return form === null ? null : faultOfForm(draft, form, answer);
}

const TOO_LONG = 'the answer is too long for what its form checks: shorten long texts and lists';

function faultOfForm(draft: Draft, form: JsonObject, answer: Json): string | null {
  if (!since(draft.state, 'counted_expressions')) {
    return isTooCostly(form, answer) ? TOO_LONG : misfitting(misfitsOf(form, answer));
  }
  if (draft.evaluated > WORKFLOW_COST) return 'too much came at once; please answer again';
  const judged = judge(form, answer, { most: FORM_COST });
  draft.evaluated += judged.units;
  switch (judged.kind) {
    case 'judged':
      return misfitting(linesOfMisfits(judged.misfits));
    case 'too_costly':
      return TOO_LONG;
    case 'unusable':
      return `the form of the question cannot be used: ${judged.why}`.slice(0, 1_000);
  }
}

function misfitting(misfits: readonly string[]): string | null {
  if (misfits.length === 0) return null;
  return `the answer does not fit the form: ${misfits.join('; ')}`.slice(0, 1_000);
}

/** The timer of a question fired. */
export function expireQuestion(draft: Draft, timer: string): void {
  const question = Object.values(draft.state.questions).find((one) => one.timer === timer);
  if (question === undefined) return;
  if (isUnplanned(draft)) return putOff(draft, question);
  draft.kinds.questions[question.kind]?.expired(draft, { ...question, timer: null });
}

function putOff(draft: Draft, question: QuestionState): void {
  const timer = startTimer(draft, 'question', PUT_OFF_MS, 'the question expires', question.step);
  change(draft, { questions: { ...draft.state.questions, [question.id]: { ...question, timer } } });
}
