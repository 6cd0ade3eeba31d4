/** The API's JSON, as far as the CLI looks at it. Everything else passes through `-o json` untouched. */
type RunStatus =
  'pending' | 'running' | 'paused' | 'completed' | 'failed' | 'cancelled' | 'terminated' | 'timed_out';

export interface RunJson {
  readonly id: string;
  readonly workflow: string;
  readonly version: string | null;
  readonly status: RunStatus;
  readonly terminal_reason: string | null;
  readonly is_paused: boolean;
  readonly output: unknown;
  readonly error: { readonly type: string; readonly message: string; readonly step: string | null } | null;
  readonly total_tokens: number;
  /** Micro-dollars; null when a price is unknown. */
  readonly cost_estimate: number | null;
  /** Number of the newest event. */
  readonly last_seq: number;
  readonly created_at: string | null;
  readonly started_at: string | null;
  readonly completed_at: string | null;
}

export interface StepJson {
  readonly key: string;
  readonly title: string;
  readonly kind: string;
  readonly level: number;
  readonly dependencies: readonly string[];
  readonly status: string;
  readonly attempts: readonly AttemptJson[];
  readonly error: ErrorJson | null;
  readonly started_at: string | null;
  readonly completed_at: string | null;
  /** What holds it up, in words. */
  readonly waiting_for: string | null;
  /** Why it was skipped or cancelled. */
  readonly reason: string | null;
}

interface AttemptJson {
  readonly attempt: number;
  readonly status: string;
  readonly error: ErrorJson | null;
}

interface ErrorJson {
  readonly type: string;
  readonly message: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

/** One event of a run, as SSE and lists carry it. */
export interface EventJson {
  readonly runId: string;
  readonly seq: number;
  readonly type: string;
  readonly ts: string;
  readonly data: unknown;
}

const OPEN: ReadonlySet<string> = new Set(['pending', 'running', 'paused']);

/** Nothing more will happen to the run. */
export const isClosed = (run: RunJson): boolean => !OPEN.has(run.status);
