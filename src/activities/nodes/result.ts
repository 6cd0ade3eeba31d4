/** What a node answers: JSON within limits that fits the step's schema, or a fault that names what does not. */
import { messageOf } from '../../errors/errors.ts';
import { parseJson } from '../../plan/json-text.ts';
import type { Json, JsonObject } from '../../plan/json.ts';
import { judge, linesOfMisfits } from '../../plan/schema/schema-judge.ts';
import { StepFailure } from '../step-failure.ts';

const MOST_MISFITS = 10;

/** @throws StepFailure `node_result_invalid` */
export function resultOf(text: string, node: string, schema: JsonObject | null): Json {
  return heldTo(schema, valueOf(text, node), node);
}

/** The value, which fits. @throws StepFailure `node_result_invalid` */
export function heldTo(schema: JsonObject | null, value: Json, node: string): Json {
  const judged = schema === null ? null : judge(schema, value, { most: MOST_MISFITS });
  if (judged === null || (judged.kind === 'judged' && judged.misfits.length === 0)) return value;
  const why =
    judged.kind === 'judged'
      ? linesOfMisfits(judged.misfits).slice(0, MOST_MISFITS).join('; ')
      : judged.kind === 'unusable'
        ? judged.why
        : 'it is too large for what the schema checks';
  throw invalid(`What ${node} answered does not fit output_schema: ${why}.`);
}

function valueOf(text: string, node: string): Json {
  try {
    return parseJson(text);
  } catch (error) {
    throw invalid(`What ${node} answered is no JSON that is taken: ${messageOf(error)}`);
  }
}

function invalid(message: string): StepFailure {
  return new StepFailure('node_result_invalid', message);
}
