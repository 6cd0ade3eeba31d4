/** The body of an answer, out of what the command line says. Whether it fits the question's form is the API's to judge. */
import { readJson } from '../../plan/exact-json.ts';
import type { Json } from '../../plan/json.ts';
import type { Form } from '../../contract/shared/form.ts';
import type { AnswerCommand, Question } from '../../contract/question.ts';
import { CliError, EXIT } from '../exit.ts';
import { looseValue, typedValue } from './typed-text.ts';

export interface AnswerWords {
  readonly value?: string;
  /** `-f key=value`. */
  readonly fields: Readonly<Record<string, string>>;
  readonly approve?: boolean;
  readonly reject?: boolean;
  /** JSON of new arguments. */
  readonly edit?: string;
  readonly reason?: string;
}

export type AnswerBody = Pick<AnswerCommand, 'answer' | 'decision' | 'reason'>;

/** True when the command line holds an answer, so that nobody needs to be asked. */
export function saysSomething({ value, fields, approve, reject, edit }: AnswerWords): boolean {
  const given = [value, edit].some((text) => text !== undefined) || Object.keys(fields).length > 0;
  return given || approve === true || reject === true;
}

/** @throws CliError when the words contradict each other or do not suit the question */
export function answerBody(question: Question, words: AnswerWords): AnswerBody {
  const { approve, reject, edit, reason } = words;
  const ways = [approve === true, reject === true, edit !== undefined, hasValue(words)];
  if (ways.filter(Boolean).length !== 1) {
    throw wrong('give one of VALUE, -f, --approve, --reject and --edit');
  }
  const because = reason === undefined ? {} : { reason };
  if (edit !== undefined) {
    if (question.call === null) throw wrong(`--edit is for a tool's call; ${question.id} is none`);
    return { decision: 'edit', answer: parsedJson(edit, '--edit'), ...because };
  }
  if (approve === true || reject === true) return decided(question, approve === true, reason);
  if (question.call !== null) throw wrong(`${question.id} takes --approve, --reject or --edit`);
  return { answer: valueOf(question.form, words), ...because };
}

/** A call gets a decision, a step of kind `ask` with `approval` an answer of its form. */
function decided(question: Question, approved: boolean, reason: string | undefined): AnswerBody {
  if (question.call !== null) {
    return { decision: approved ? 'approve' : 'reject', ...(reason === undefined ? {} : { reason }) };
  }
  if (question.form?.properties?.['approved'] === undefined) {
    throw wrong(`${question.id} is no approval: give a VALUE or -f key=value`);
  }
  return { answer: { approved, ...(reason === undefined ? {} : { comment: reason }) } };
}

function valueOf(form: Form | null, { value, fields }: AnswerWords): Json {
  if (value !== undefined) return fieldValue(form ?? {}, value);
  return Object.fromEntries(
    Object.entries(fields).map(([name, text]) => [name, fieldValue(form?.properties?.[name] ?? {}, text)]),
  );
}

/** Text where the form wants text, JSON where it wants something else; else JSON where nothing is lost by it. */
export function fieldValue(field: Form, text: string): Json {
  if (field.type === 'string') return text;
  const type = INPUT_TYPES.find((one) => one === field.type);
  return (type === undefined ? undefined : typedValue(type, text)) ?? looseValue(text);
}

/** Where a text is none of them, the API says what is wrong. */
const INPUT_TYPES = ['number', 'integer', 'boolean', 'object', 'array'] as const;

const hasValue = ({ value, fields }: AnswerWords): boolean =>
  value !== undefined || Object.keys(fields).length > 0;

function parsedJson(text: string, option: string): Json {
  try {
    return readJson(text);
  } catch {
    throw wrong(`${option} needs JSON`);
  }
}

const wrong = (message: string): CliError => new CliError(EXIT.usage, message, { code: 'answer_unclear' });
