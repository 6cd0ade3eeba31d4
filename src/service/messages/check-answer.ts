/**
 * Whether an answer fits its question, before it is sent. Pure.
 *
 * The run checks again and has the last word; here the caller is told where and why. Who may answer is for the run
 * alone to say.
 */
import { InvalidError, type ErrorDetail } from '../../errors/errors.ts';
import { parseJson } from '../../plan/json-text.ts';
import { jsonBytes, type Json, type JsonObject } from '../../plan/json.ts';
import { FORM_COST } from '../../plan/schema/schema-cost.ts';
import { judge } from '../../plan/schema/schema-judge.ts';
import type { Decision } from '../../protocol/signals.ts';
import type { Question } from '../../contract/question.ts';

export interface GivenAnswer {
  readonly answer?: Json | undefined;
  readonly decision?: Decision | undefined;
  readonly reason?: string | undefined;
}

/** What is sent: the answer as it came, or what a bare `decision` stands for. */
export interface CheckedAnswer {
  readonly answer?: Json;
  readonly decision?: Decision;
}

/** It travels in a signal and stands in the run's state. */
const MAX_ANSWER_BYTES = 64 * 1024;

type Asked = Pick<Question, 'id' | 'kind' | 'form'>;

/** @throws InvalidError `answer_invalid` with a detail for each thing that is wrong. */
export function checkAnswer(question: Asked, given: GivenAnswer): CheckedAnswer {
  const bytes = given.answer === undefined ? 0 : jsonBytes(given.answer);
  if (bytes > MAX_ANSWER_BYTES) {
    const message = `has ${bytes} bytes; ${MAX_ANSWER_BYTES} are allowed`;
    throw invalid(question, [detail('body.answer', 'too_large', message)]);
  }
  return question.kind === 'approval' ? checkDecision(question, given) : checkForm(question, given);
}

/** What a text means as an answer: itself, or the JSON it holds where the form wants something else than this text. */
export function readText(question: Asked, text: string): Json {
  if (!isObject(question.form) || misfits(question.form, text).length === 0) return text;
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

/** A tool's call: yes, no, or yes with other arguments. */
function checkDecision(question: Asked, { answer, decision }: GivenAnswer): CheckedAnswer {
  if (decision === undefined) {
    throw invalid(question, [
      detail(
        'body.decision',
        'decision_missing',
        'is needed: a tool’s call waits for approve, edit or reject',
      ),
    ]);
  }
  if (decision !== 'edit') return { decision };
  if (!isObject(answer)) {
    throw invalid(question, [
      detail(
        'body.answer',
        'arguments_missing',
        'must hold the new arguments, an object, with decision edit',
      ),
    ]);
  }
  return { decision, answer };
}

function checkForm(question: Asked, given: GivenAnswer): CheckedAnswer {
  const answer = given.answer === undefined ? approvalOf(question, given) : given.answer;
  if (answer === undefined || (given.answer !== undefined && given.decision !== undefined)) {
    const wrong =
      given.decision === undefined
        ? detail('body.answer', 'answer_missing', 'is needed: what fits the question’s form')
        : detail('body.decision', 'decision_refused', 'is for approvals: give an answer that fits the form');
    throw invalid(question, [wrong]);
  }
  const wrong = isObject(question.form) ? misfits(question.form, answer) : [];
  if (wrong.length > 0) throw invalid(question, wrong);
  return { answer };
}

/** A bare decision stands for `{approved, comment}` where the form has such a member. */
function approvalOf({ form }: Asked, { decision, reason }: GivenAnswer): Json | undefined {
  const properties = isObject(form) ? form['properties'] : undefined;
  const approval = isObject(properties) && Object.hasOwn(properties, 'approved');
  if (!approval || decision === undefined || decision === 'edit') return undefined;
  return { approved: decision === 'approve', ...(reason !== undefined && { comment: reason }) };
}

/** Where and why the answer does not fit; nothing for a form that cannot be used, which is not the caller's doing. */
function misfits(form: JsonObject, answer: Json): readonly ErrorDetail[] {
  const judged = judge(form, answer, { most: FORM_COST });
  if (judged.kind === 'too_costly') {
    const message = 'is too long for what the form checks: shorten long texts and lists';
    return [detail('body.answer', 'too_large', message)];
  }
  if (judged.kind === 'unusable') return [];
  return judged.misfits.map(({ at, keyword, message }) =>
    detail(['body', 'answer', ...at].join('.'), keyword, message),
  );
}

function detail(path: string, code: string, message: string): ErrorDetail {
  return { path, code, message };
}

function invalid(question: Asked, details: readonly ErrorDetail[]): InvalidError {
  const summary = details.map(({ path, message }) => `${path}: ${message}`).join('; ');
  return new InvalidError(
    'answer_invalid',
    `The answer does not fit question "${question.id}". ${summary}`,
    details,
  );
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
