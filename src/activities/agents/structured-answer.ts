/** Answers that must be a value: how the model is asked for JSON, and how what it wrote is read and checked. */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormatsModule from 'ajv-formats';
import { messageOf } from '../../errors/errors.ts';
import type { Json, JsonObject } from '../../plan/json.ts';
import { StepFailure } from '../step-failure.ts';

const MAX_ERRORS = 10;
const EXCERPT_CHARS = 500;
// A CommonJS module whose default export Node hands over as a member.
const addFormats = addFormatsModule.default;

/** The part of the system prompt that asks for JSON. */
export function jsonInstruction(schema: JsonObject): string {
  return (
    'Answer with one JSON value and nothing else: no prose, no code fence. It must fit this JSON Schema:\n' +
    JSON.stringify(schema)
  );
}

/** Reads answers against one schema. @throws StepFailure `model_output_invalid` when the schema itself is wrong */
export function answerReader(schema: JsonObject): (text: string) => Json {
  const validate = compile(schema);
  return (text) => {
    const value = parse(text);
    if (validate(value)) return value;
    const errors = (validate.errors ?? []).slice(0, MAX_ERRORS).map(errorLine);
    throw invalid(`The model's answer does not fit output_schema: ${errors.join('; ')}`, text, errors);
  };
}

function compile(schema: JsonObject): ValidateFunction {
  try {
    const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
    addFormats(ajv);
    return ajv.compile(schema);
  } catch (error) {
    const message = `output_schema is no valid JSON Schema: ${messageOf(error)}`;
    throw new StepFailure('model_output_invalid', message, { retryable: false });
  }
}

/** Models like to put JSON into a code fence although they were told not to. */
function parse(text: string): Json {
  const bare = /^\s*```(?:json)?\s*\n([\s\S]*?)\n\s*```\s*$/i.exec(text)?.[1] ?? text;
  try {
    return JSON.parse(bare) as Json;
  } catch (error) {
    const reason = `no JSON (${messageOf(error)})`;
    throw invalid(`The model's answer is ${reason}, but output_schema asks for it.`, text, [reason]);
  }
}

function errorLine(error: ErrorObject): string {
  return `${error.instancePath === '' ? 'the value' : error.instancePath} ${error.message ?? error.keyword}`;
}

function invalid(message: string, answer: string, errors: readonly string[]): StepFailure {
  return new StepFailure('model_output_invalid', message, {
    data: { errors, answer: answer.slice(0, EXCERPT_CHARS) },
  });
}
