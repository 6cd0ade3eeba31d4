/** Definition texts as they arrive: compiled, or told what is wrong with them. */
import { UnprocessableError, type ErrorDetail } from '../../errors/errors.ts';
import type { StepEdits } from '../../compiling/task.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Services } from '../services.ts';
import { listReceiverNames } from './queries/list-receiver-names.ts';

export interface Compiled {
  readonly plan: Plan;
  /** The text that it was compiled from. */
  readonly source: string;
  readonly warnings: readonly ErrorDetail[];
}

/** A definition as it was sent. */
export interface DefinitionText {
  readonly source: string;
  /** To be made of it first. */
  readonly edits?: StepEdits | undefined;
  readonly format: 'yaml' | 'json';
  /** Named in errors. */
  readonly file?: string | undefined;
}

type Means = Pick<Services, 'compiler' | 'agentFiles' | 'store'>;

/**
 * Everything that is wrong with a text.
 *
 * @throws UnprocessableError `definition_too_costly`, `agents_unreadable`; UnavailableError `compiler_busy` and, where the
 *   text speaks of `notify`, `database_unavailable`.
 */
export async function validateWorkflow(means: Means, text: DefinitionText) {
  return means.compiler.validate(text.source, await optionsOf(means, text));
}

/**
 * The plan that a text means.
 *
 * @throws InvalidError `edit_invalid`; UnprocessableError `definition_invalid` with every error and its place; as {@link validateWorkflow} does.
 */
export async function compileOrRefuse(means: Means, text: DefinitionText): Promise<Compiled> {
  const options = await optionsOf(means, text);
  const result =
    text.edits === undefined
      ? { source: text.source, ...(await means.compiler.compile(text.source, options)) }
      : await means.compiler.edit(text.source, text.edits, options);
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

async function optionsOf(means: Means, { source, format, file }: DefinitionText) {
  const [agents, receivers] = await Promise.all([means.agentFiles(), receiversFor(means, source)]);
  return { format, agents, receivers, ...(file !== undefined && { file }) };
}

/** Nothing is asked for texts that tell nobody. */
async function receiversFor({ store }: Means, source: string): Promise<readonly string[]> {
  if (!source.includes('notify')) return [];
  const rows = await store.all<{ name: string }>(listReceiverNames);
  return rows.map(({ name }) => name);
}
