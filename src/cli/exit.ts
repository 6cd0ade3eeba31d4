/** Exit codes that scripts can rely on, and the error that carries one. */
export const EXIT = {
  /** Done as asked. */
  done: 0,
  /** The run failed, the definition is invalid, `verify` found a difference, or the API refused. */
  failed: 1,
  /** Wrong use: an unknown option, a missing file, no such run. */
  usage: 2,
  /** The API, Temporal or Postgres cannot be reached. */
  unreachable: 3,
  /** Of `rehearse`: nothing would break, but a run would take another path. */
  parted: 4,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Something to tell the user, without a stack trace. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: ExitCode;
  /** For `-o json`: the problem as the API sent it, or its like. */
  readonly problem: Readonly<Record<string, unknown>>;

  constructor(exitCode: ExitCode, message: string, problem: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.exitCode = exitCode;
    this.problem = { detail: message, ...problem };
  }
}
