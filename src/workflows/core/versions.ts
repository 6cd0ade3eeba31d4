/**
 * Versions of the interpreter: what each changed, and the one question that the core asks of them.
 *
 * A run keeps for life the version that it began with, over continue-as-new, continuation and redirect, so that its
 * history means the same to every later worker and fold. Code that would decide otherwise than before adds a change
 * here and branches on {@link since}; the branch for older runs stays. Every version's recorded histories
 * (`test/histories`) are replayed and folded for ever.
 */
import { INTERPRETER_VERSION } from '../../protocol/envelope.ts';

/** The first version that behaves so. */
const CHANGES = {
  /** Arguments, plans, signals and results are checked for form before anything is decided. */
  checked_forms: 2,
  /** Expressions and forms pay for all that grows with the values, and their patterns take linear time. */
  counted_expressions: 2,
  /** Functions on texts count characters, not UTF-16 units; so does dialect 2 of expressions. */
  texts_in_characters: 2,
} as const satisfies Readonly<Record<string, number>>;

export type Change = keyof typeof CHANGES;

/** What a run has until its plan's loader says which version it gets: operators' starts name none. */
export const FIRST_VERSION = 1;

/** A run of an interpreter version that this code does not know; a newer worker will. */
class UnknownInterpreterError extends Error {
  override readonly name = 'UnknownInterpreterError';
}

/** Does a run of this version behave so? */
export function since({ interpreter }: { readonly interpreter: number }, change: Change): boolean {
  return interpreter >= CHANGES[change];
}

/**
 * The version, if this code knows it.
 *
 * @throws UnknownInterpreterError: the task is left to a newer worker
 */
export function knownVersion(version: number): number {
  if (version >= FIRST_VERSION && version <= INTERPRETER_VERSION) return version;
  throw new UnknownInterpreterError(`interpreter version ${version} is unknown to this worker`);
}
