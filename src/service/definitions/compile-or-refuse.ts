/** Definition texts as they arrive: compiled, or told what is wrong with them. */
import type { CompileOptions } from '../../definition/index.ts';
import { UnprocessableError, type ErrorDetail } from '../../errors/errors.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Compiler } from '../compiling/compiler.ts';

export interface Compiled {
  readonly plan: Plan;
  readonly warnings: readonly ErrorDetail[];
}

export type Format = 'yaml' | 'json';

/** Media types of definitions; everything but JSON is YAML. */
export const DEFINITION_TYPES = [
  'application/yaml',
  'text/yaml',
  'application/x-yaml',
  'application/json',
] as const;

/** The format that a Content-Type says. */
export function formatOf(contentType: string | undefined): Format {
  return contentType?.startsWith('application/json') === true ? 'json' : 'yaml';
}

/**
 * The plan that a text means.
 *
 * @throws UnprocessableError `definition_invalid` with every error and its place, and what the compiler throws.
 */
export async function compileOrRefuse(
  compiler: Compiler,
  text: string,
  options: CompileOptions,
): Promise<Compiled> {
  const result = await compiler.compile(text, options);
  if (!('errors' in result) && result.plan !== null) return { ...result, plan: result.plan };
  const [first, ...rest] = 'errors' in result ? result.errors : [];
  const place = first === undefined ? '' : `${first.file ?? 'definition'}:${first.line}:${first.column}: `;
  const more = rest.length > 0 ? ` (and ${rest.length} more)` : '';
  throw new UnprocessableError(
    'definition_invalid',
    `${place}${first?.message ?? ''}${more}`,
    first === undefined ? [] : [first, ...rest],
  );
}
