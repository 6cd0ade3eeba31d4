/** Answers that must be a value: how the model is asked for JSON, and how what it wrote is read and checked. */
import { messageOf } from '../../errors/errors.ts';
import { writeJson } from '../../plan/exact-json.ts';
import { JsonTooLarge, parseJson } from '../../plan/json-text.ts';
import type { Json, JsonObject } from '../../plan/json.ts';
import { schemaFaults } from '../../plan/schema/schema-faults.ts';
import { judge, linesOfMisfits } from '../../plan/schema/schema-judge.ts';
import { StepFailure } from '../step-failure.ts';
import { clipEnd } from '../tools/clip.ts';

const MAX_LINES = 10;
/** A line names what the model wrote, and that may be anything. */
const MAX_LINE_BYTES = 500;
/** Units of work that checking an answer may take. */
const MOST = 400_000;

/** The part of the system prompt that asks for JSON. */
export function jsonInstruction(schema: JsonObject): string {
  return (
    'Answer with one JSON value and nothing else: no prose, no code fence. It must fit this JSON Schema:\n' +
    writeJson(schema)
  );
}

/** What an answer is: the value that was asked for, or what is wrong with it, a line for each fault. */
export type ReadAnswer = { readonly value: Json } | { readonly faults: readonly string[] };

/** Reads answers against one schema. @throws StepFailure `model_output_invalid` when the schema itself is wrong */
export function answerReader(schema: JsonObject): (text: string) => ReadAnswer {
  const [wrong] = schemaFaults(schema);
  if (wrong !== undefined) throw unusable([...wrong.at.map(String), wrong.message].join(' '));
  return (text) => {
    const read = parse(text);
    if ('faults' in read) return read;
    const judged = judge(schema, read.value, { most: MOST });
    switch (judged.kind) {
      case 'unusable':
        throw unusable(judged.why);
      case 'too_costly':
        return {
          faults: ['the value is too large for what the schema checks: shorten long texts and lists'],
        };
      case 'judged':
        if (judged.misfits.length === 0) return read;
        return { faults: linesOfMisfits(judged.misfits).slice(0, MAX_LINES) };
    }
  };
}

/** What the model is told about an answer that does not fit. */
export function correctionOf(faults: readonly string[]): string {
  const lines = faults.map((line) => clipEnd(line, 'The rest is left out.', MAX_LINE_BYTES));
  return (
    `Your answer does not fit the JSON Schema that was asked for: ${lines.join('; ')}. ` +
    'Answer again, with the corrected JSON value and nothing else.'
  );
}

function unusable(why: string): StepFailure {
  const message = `output_schema cannot be applied: ${why}`;
  return new StepFailure('model_output_invalid', message, { retryable: false });
}

function parse(text: string): ReadAnswer {
  try {
    return { value: parseJson(unfenced(text)) };
  } catch (error) {
    const what = error instanceof JsonTooLarge ? 'JSON that is not taken' : 'no JSON';
    return { faults: [`${what} (${messageOf(error)})`] };
  }
}

const FENCE = '```';

/** Models like to put JSON into a code fence although they were told not to. */
function unfenced(text: string): string {
  const trimmed = text.trim();
  const begin = /^```(?:json)?[^\S\n]*\n/i.exec(trimmed)?.[0];
  if (begin === undefined || trimmed.length < begin.length + FENCE.length || !trimmed.endsWith(FENCE))
    return text;
  return trimmed.slice(begin.length, -FENCE.length);
}
