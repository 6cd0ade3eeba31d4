/** Rows of `workflow_questions` as JSON. */
import { readJson } from '../../plan/exact-json.ts';
import type { Json } from '../../plan/json.ts';
import type { SuppliedValue } from '../../protocol/values.ts';
import type { Question } from '../../contract/question.ts';
import { iso, isoOrNull } from './time.ts';

/** As `messages/queries/list-questions.ts` answers it; `*_text` is the stored JSON of what `prompt` or `call` refers to. */
export type QuestionRow = Omit<Question, 'prompt' | 'call' | 'asked_at' | 'expires_at' | 'closed_at'> & {
  readonly prompt: SuppliedValue;
  readonly call: {
    readonly id: string;
    readonly name: string;
    readonly input: SuppliedValue;
    readonly preview: string;
  } | null;
  readonly asked_at: Date;
  readonly expires_at: Date | null;
  readonly closed_at: Date | null;
  readonly position: string;
  readonly prompt_text: string | null;
  readonly input_text: string | null;
};

export function questionJson(row: QuestionRow): Question {
  const { position: _, prompt_text, input_text, prompt, call, ...rest } = row;
  return {
    ...rest,
    prompt: valueOf(prompt, prompt_text),
    call: call === null ? null : { ...call, input: valueOf(call.input, input_text) },
    answers: row.answers.map((answer) => ({ ...answer, at: iso(answer.at) })),
    asked_at: iso(row.asked_at),
    expires_at: isoOrNull(row.expires_at),
    closed_at: isoOrNull(row.closed_at),
  };
}

/** The value itself, or its reference when it was too large to be read along. */
function valueOf(supplied: SuppliedValue, text: string | null): Json {
  if ('value' in supplied) return supplied.value;
  return text === null ? (supplied.ref as unknown as Json) : (readJson(text) as Json);
}
