/** Arguments against the JSON Schema that a server gives of them. The server has the last word. */
import type { Schema } from '@cfworker/json-schema';
import { Validator } from '../../../plan/json-schema.ts';
import type { JsonObject } from '../../../plan/json.ts';

/** What is wrong, in words, or null; a schema that cannot be used says nothing. */
export function wrongArguments(schema: JsonObject, args: JsonObject): string | null {
  try {
    const { valid, errors } = new Validator(schema as Schema, '2020-12', false).validate(args);
    if (valid) return null;
    const leaves = errors.filter((error) => error.keyword !== 'properties' && error.keyword !== 'items');
    return leaves.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`).join(' ');
  } catch {
    return null;
  }
}
