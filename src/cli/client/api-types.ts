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
  readonly pause_reason: string | null;
  /** null unless it is paused. */
  readonly pause: PauseJson | null;
  /** Temporal's own; an API of an older version does not say. */
  readonly temporal_pause?: {
    readonly by: string | null;
    readonly reason: string | null;
    readonly since: string;
  } | null;
  readonly inputs: unknown;
  readonly labels: Readonly<Record<string, string>>;
  readonly metadata: {
    readonly started_by?: string;
    readonly ended_by?: { readonly by?: string | null };
  } | null;
  readonly output: unknown;
  readonly error: { readonly type: string; readonly message: string; readonly step: string | null } | null;
  readonly turns: number;
  readonly total_tokens: number;
  /** Micro-dollars; null when a price is unknown. */
  readonly cost_estimate: number | null;
  /** What somebody has to do so that it goes on. */
  readonly needs: readonly NeedJson[];
  /** Whom or what it waits for; only where the run was read. */
  readonly waiting_for?: readonly WaitingJson[];
  /** Only where the run was read; null once it has ended. */
  readonly progress?: ProgressJson | null;
  readonly duration_seconds: number | null;
  /** Time in which it was at work. */
  readonly active_seconds?: number | null;
  /** Since when its details are in an archive's file. */
  readonly archived_at: string | null;
  /** The newest Temporal execution. */
  readonly execution: { readonly workflow_id: string; readonly run_id: string };
  /** Counts how often the run was continued or restored. */
  readonly epoch: number;
  /** The runs that it came from, and that took its place. */
  readonly lineage: LineageJson | null;
  /** Number of the newest event. */
  readonly last_seq: number;
  readonly created_at: string | null;
  readonly started_at: string | null;
  readonly completed_at: string | null;
}

export interface WaitingJson {
  readonly kind: string;
  readonly step: string | null;
  readonly text: string | null;
  readonly question: string | null;
  /** Of a question: its kind. */
  readonly asks: string | null;
  /** Of an approval: the tool. */
  readonly call: string | null;
  readonly who: readonly string[];
  readonly attempt: number | null;
  readonly times: number | null;
  readonly since: string | null;
  readonly until: string | null;
}

interface ProgressJson {
  readonly total: number;
  readonly settled: number;
  readonly active: number;
  readonly current: readonly string[];
}

interface PauseJson {
  readonly mode: string;
  readonly by: string | null;
  /** Steps that something was under way of when it began, and how many of them have come to rest. */
  readonly busy: number;
  readonly drained: number;
  /** null: until somebody resumes it. */
  readonly ends_at: string | null;
  readonly on_timeout: string;
}

interface LineageJson {
  readonly redirected_to?: string;
  readonly redirected_from?: string;
  /** The run that it repeats. */
  readonly rerun_of?: string;
  /** Steps whose results it has from there. */
  readonly taken_over?: readonly string[];
}

interface NeedJson {
  readonly step: string | null;
  readonly kind: string;
  readonly message: string;
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
  /** When its next attempt begins. */
  readonly retry_at: string | null;
  /** Why it was skipped or cancelled. */
  readonly reason: string | null;
  /** Agents only, as is all that follows. */
  readonly session_id: string | null;
  readonly turns: number;
  readonly total_tokens: number;
  readonly cost_estimate: number | null;
  /** Stretches of turns, each under limits of its own; the last one is at work. */
  readonly segments: readonly SegmentJson[];
}

interface SegmentJson {
  readonly turns: number;
  readonly max_turns: number | null;
}

interface AttemptJson {
  readonly attempt: number;
  readonly status: string;
  readonly error: ErrorJson | null;
}

interface ErrorJson {
  readonly type: string;
  readonly message: string;
  /** Of commands. */
  readonly stdout_tail?: string;
  readonly stderr_tail?: string;
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
  readonly step: string | null;
  /** Of an agent. */
  readonly turn: number | null;
  readonly data: unknown;
  /** What it has put into the run's thread; live events only. */
  readonly message: object | null;
}

/** A question of a run to people. */
export interface QuestionJson {
  readonly run_id: string;
  readonly workflow: string;
  readonly id: string;
  readonly kind: string;
  readonly step: string;
  readonly prompt: unknown;
  readonly preview: string;
  /** JSON Schema of an answer. */
  readonly form: FormJson | null;
  /** The tool's call that waits for a yes. */
  readonly call: { readonly name: string; readonly input: unknown } | null;
  readonly approvers: readonly string[];
  readonly needed: number;
  /** Whoever started the run may not answer. */
  readonly not_starter: boolean;
  readonly answers: readonly { readonly by: string | null }[];
  readonly asked_at: string;
  readonly expires_at: string | null;
}

/** As much of a JSON Schema as it takes to ask for a value. */
export interface FormJson {
  readonly type?: unknown;
  readonly title?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly items?: FormJson;
  readonly properties?: Readonly<Record<string, FormJson>>;
  readonly required?: readonly string[];
}

const OPEN: ReadonlySet<string> = new Set(['pending', 'running', 'paused']);

/** Nothing more will happen to the run. */
export const isClosed = (run: RunJson): boolean => !OPEN.has(run.status);
