/** What a refusal says of the fields of a form: by the name that each has in the body. Pure. */
import type { Problem } from '../api/generated.ts';

/**
 * @param ofCodes the field that a code without a place is about, such as `{webhook_exists: 'name'}`
 * @returns the first that is wrong with each field
 */
export function fieldFaults(
  problem: (Pick<Problem, 'code' | 'title'> & Partial<Pick<Problem, 'detail' | 'errors'>>) | undefined,
  ofCodes: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string | undefined>> {
  if (problem === undefined) return {};
  const { code, errors = [], detail, title } = problem;
  const told = errors.flatMap(({ path, message }) => {
    const field = /^(?:body|query)\.(\w+)/.exec(path ?? '')?.[1];
    return field === undefined ? [] : [[field, message] as const];
  });
  const about = Object.hasOwn(ofCodes, code) ? ofCodes[code] : undefined;
  const all = about === undefined ? told : [...told, [about, detail ?? title] as const];
  return Object.fromEntries(all.toReversed());
}
