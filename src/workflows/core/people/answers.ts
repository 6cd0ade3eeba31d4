/**
 * Answers to questions: who may give them, whether they fit, and what they lead to. A wrong answer is refused with
 * the reason and changes nothing.
 */
import { WORKFLOW_COST, isTooCostly } from '../../../expressions/index.ts';
import { jsonBytes } from '../../../plan/json.ts';
import { misfitsOf } from '../../../plan/json-schema.ts';
import type { Json, JsonObject } from '../../../plan/json.ts';
import { FORM_COST } from '../../../plan/schema-cost.ts';
import { judge, linesOfMisfits } from '../../../plan/schema-judge.ts';
import { errorOfLimit, grantedLimits } from '../../../protocol/limits.ts';
import type { Answer, LimitAnswer } from '../../../protocol/question.ts';
import { textOf } from '../../../protocol/signals.ts';
import type { SignalMessage } from '../../../protocol/signals.ts';
import { changeCall, isAgentStep } from '../kinds/agent/agent-state.ts';
import { settleCall } from '../kinds/agent/calls.ts';
import { forgiveTime, limitReached } from '../kinds/agent/limits.ts';
import { startSegment } from '../kinds/agent/segment.ts';
import { expireAsk, isDecided, settleAsk } from '../kinds/ask-step.ts';
import { change, note } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { stepError } from '../kernel/failures.ts';
import { planIndex } from '../kernel/plan-index.ts';
import { closeQuestion } from './questions.ts';
import type { QuestionState } from '../kernel/state.ts';
import { failStep } from '../run/steps.ts';
import { since } from '../kernel/versions.ts';

const MAX_ANSWER_BYTES = 64 * 1024;

/** Takes an answer; says why not. */
export function takeAnswer(draft: Draft, message: SignalMessage): string | null {
  if (draft.state.cancel !== null) return 'the run is being cancelled';
  const question = questionFor(draft, message);
  if (typeof question === 'string') return question;
  const refusal = faultOfPerson(draft, question, message) ?? faultOfAnswer(draft, question, message);
  if (refusal !== null) return refusal;
  const { answer = null, decision = null, by = null } = message;
  const given: Answer = { by, at: draft.at.now, answer, decision };
  const answered = { ...question, answers: [...question.answers, given] };
  change(draft, { questions: { ...draft.state.questions, [question.id]: answered } });
  note(draft, { type: 'question_answered', question: question.id, answer: given });
  settle(draft, answered, message);
  return null;
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

function settle(draft: Draft, question: QuestionState, message: SignalMessage): void {
  if (question.kind === 'ask') {
    if (isDecided(draft, question)) settleAsk(draft, question);
    return;
  }
  closeQuestion(draft, question, 'answered');
  forgiveTime(draft, draft.at.now - question.askedAt, question.step);
  if (question.kind === 'limit') return raiseLimit(draft, question, message);
  settleQuestionOfCall(draft, question, message);
}

function settleQuestionOfCall(draft: Draft, { id, kind, step }: QuestionState, message: SignalMessage): void {
  const index = Number(id.slice(id.lastIndexOf('.') + 1));
  const { answer = null, decision, by } = message;
  const reason = textOf(message);
  if (kind === 'ask_user') return settleCall(draft, step, index, answer, false);
  switch (decision) {
    case 'edit':
      return changeCall(draft, step, index, { status: 'ready', edited: { value: answer } });
    case 'approve':
      return changeCall(draft, step, index, { status: 'ready' });
    default: {
      const why = reason === null ? '' : ` Reason: ${reason}`;
      return settleCall(draft, step, index, `${by ?? 'A person'} rejected this call.${why}`, true);
    }
  }
}

/** `on_limit: ask` was answered: a new segment, or the end that was put off. */
function raiseLimit(
  draft: Draft,
  { step: key, attempt, preview }: QuestionState,
  message: SignalMessage,
): void {
  const step = planIndex(draft).byKey.get(key);
  const given = (message.answer ?? {}) as LimitAnswer & { readonly stop?: boolean };
  if (!isAgentStep(step)) return;
  if (given.stop === true) {
    const reached = limitReached(draft, key);
    const code = reached === null ? 'error_max_turns' : errorOfLimit(reached.limit);
    return failStep(draft, key, stepError(code, preview, attempt));
  }
  startSegment(draft, key, {
    limits: grantedLimits(given),
    message: given.message ?? null,
    by: message.by ?? null,
  });
}

/** The timer of a question fired. */
export function expireQuestion(draft: Draft, timer: string): void {
  const question = Object.values(draft.state.questions).find((one) => one.timer === timer);
  if (question === undefined) return;
  if (question.kind === 'ask') return expireAsk(draft, { ...question, timer: null });
  closeQuestion(draft, { ...question, timer: null }, 'expired');
}
