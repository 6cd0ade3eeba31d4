/** Arguments against the JSON Schema that a server gives of them. The server has the last word. */
import type { JsonObject } from '../../../plan/json.ts';
import { linesOfMisfits, judge } from '../../../plan/schema/schema-judge.ts';

/** Units of work that a check may take. */
const MOST = 200_000;
const MAX_LINES = 10;

/** What is wrong, in words, or null; a schema that cannot be used, or not in bounded time, says nothing. */
export function wrongArguments(schema: JsonObject, args: JsonObject): string | null {
  const judged = judge(schema, args, { most: MOST, draft: '2020-12' });
  if (judged.kind !== 'judged' || judged.misfits.length === 0) return null;
  return linesOfMisfits(judged.misfits).slice(0, MAX_LINES).join(' ');
}
