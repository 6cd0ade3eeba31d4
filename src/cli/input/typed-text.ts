/** What a text of the command line means as a value: nobody's text becomes something else in silence. */
import { readJson, writeJson } from '../../plan/exact-json.ts';
import { fitsType } from '../../plan/inputs.ts';
import type { InputType } from '../../plan/plan.ts';
import type { Json } from '../../plan/json.ts';

/**
 * The value of a text for an input of this type: a text where a text is wanted, else JSON. Undefined when it is none
 * of that type. Where any value will do, see {@link looseValue}.
 */
export function typedValue(type: InputType, text: string): Json | undefined {
  if (type === 'string') return text;
  if (type === 'any') return looseValue(text);
  const value = parsed(text);
  return value !== undefined && fitsType(type, value) ? value : undefined;
}

/**
 * JSON where nothing of what was typed is lost, else the text itself: `42` is a number; `1.10`, which a number would
 * make 1.1, and `5e12345` stay texts.
 */
export function looseValue(text: string): Json {
  const value = parsed(text);
  if (value === undefined) return text;
  const isNumber = typeof value === 'number' || typeof value === 'bigint';
  return isNumber && writeJson(value) !== text.trim() ? text : value;
}

function parsed(text: string): Json | undefined {
  try {
    return readJson(text);
  } catch {
    return undefined;
  }
}
