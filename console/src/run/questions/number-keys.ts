/** Numbers choose: which field of a form they belong to, and what each chooses. Sending stays a press of its own. */
import { kindOf, type FieldSchema } from './form-value.ts';

/** So many keys there are. Fields with at most so many choices show them as buttons. */
export const MOST_KEYS = 9;

/** The first field that is answered by choosing: its path; undefined: there is none. Pure. */
export function keyedField(schema: FieldSchema, path = ''): string | undefined {
  const kind = kindOf(schema);
  if (kind === 'boolean' || (kind === 'choice' && (schema.enum ?? []).length <= MOST_KEYS)) return path;
  if (kind !== 'group') return undefined;
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    const found = keyedField(member, path === '' ? name : `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}
