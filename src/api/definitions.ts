/** Definition texts as they arrive: compiled, or told what is wrong with them. */
import { compile, type AgentFiles } from '../definition/index.ts';
import { UnprocessableError, type ErrorDetail } from '../errors/errors.ts';
import type { Plan } from '../plan/plan.ts';

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

/** @throws UnprocessableError `definition_invalid` with every error and its place. */
export function compileOrRefuse(
  text: string,
  {
    format,
    file,
    agents,
  }: { readonly format: Format; readonly file: string | undefined; readonly agents: AgentFiles },
): Compiled {
  const result = compile(text, { format, agents, ...(file !== undefined && { file }) });
  if ('plan' in result) return result;
  const { errors } = result;
  const [first] = errors;
  const place = first === undefined ? '' : `${first.file ?? 'definition'}:${first.line}:${first.column}: `;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  throw new UnprocessableError('definition_invalid', `${place}${first?.message ?? ''}${more}`, errors);
}
