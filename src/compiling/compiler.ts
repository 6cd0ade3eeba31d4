/**
 * Compiles definitions beside the loop of the process, which goes on meanwhile.
 *
 * A definition that takes more than {@link DEADLINE_MS} or too much memory is refused, and its thread is replaced. Who
 * comes when all threads are busy waits; who finds too many waiting is sent away. Threads are started when there is
 * something to compile, and kept.
 */
import pLimit from 'p-limit';
import type { CompileOptions } from '../definition/index.ts';
import { InvalidError, UnavailableError, UnprocessableError } from '../errors/errors.ts';
import type { Answer, CompileOutcome, StepEdits, Task } from './task.ts';
import { Exhausted, Thread } from './thread.ts';

const THREADS = 2;
const MAX_WAITING = 32;
const DEADLINE_MS = 1_000;

export class Compiler {
  readonly #deadlineMs: number;
  readonly #limit = pLimit(THREADS);
  readonly #idle: Thread[] = [];

  constructor({ deadlineMs = DEADLINE_MS } = {}) {
    this.#deadlineMs = deadlineMs;
  }

  /**
   * What came of the text: the plan or the errors.
   *
   * @throws UnprocessableError `definition_too_costly`, UnavailableError `compiler_busy`.
   */
  compile(text: string, options: CompileOptions): Promise<CompileOutcome> {
    return this.#take({ text, options, plan: true });
  }

  /**
   * The same of the text with these edits made.
   *
   * @throws InvalidError `edit_invalid`; as {@link compile} does.
   */
  edit(
    text: string,
    edits: StepEdits,
    options: CompileOptions,
  ): Promise<CompileOutcome & { readonly source: string }> {
    return this.#take({ text, edits, options, plan: true });
  }

  /** The same without the plan. */
  async validate(text: string, options: CompileOptions) {
    const result = await this.#take({ text, options, plan: false });
    const errors = 'errors' in result ? result.errors : [];
    return { valid: errors.length === 0, errors, warnings: result.warnings };
  }

  async #take(task: Task): Promise<CompileOutcome & { readonly source: string }> {
    if (this.#limit.pendingCount >= MAX_WAITING) throw busy();
    const answer = await this.#limit(() => this.#run(task));
    if (!('refused' in answer)) return answer;
    throw new InvalidError('edit_invalid', answer.refused.message, answer.refused.details);
  }

  async #run(task: Task): Promise<Answer> {
    const thread = this.#idle.pop() ?? new Thread();
    // A text that is edited is read and written once more.
    const deadlineMs = this.#deadlineMs * (task.edits === undefined ? 1 : 2);
    try {
      const outcome = await thread.run(task, deadlineMs);
      this.#idle.push(thread);
      return outcome;
    } catch (error) {
      if (!(error instanceof Exhausted)) throw error;
      this.#idle.push(new Thread());
      throw tooCostly(error, deadlineMs);
    }
  }
}

function busy(): UnavailableError {
  const message = 'Too many definitions wait to be compiled. Try again.';
  return new UnavailableError('compiler_busy', message, { retryAfterSeconds: 1 });
}

function tooCostly({ message }: Exhausted, deadlineMs: number): UnprocessableError {
  const what = message === 'out of time' ? `more than ${deadlineMs / 1_000} s` : 'too much memory';
  return new UnprocessableError(
    'definition_too_costly',
    `Compiling the definition takes ${what}. Split the workflow, or make its expressions and schemas simpler.`,
  );
}
