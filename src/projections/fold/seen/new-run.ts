/** The row of a run at its first event. */
import type { JsonObject } from '../../../plan/json.ts';
import type { Redirected } from '../../../protocol/envelope.ts';
import { ROWS_VERSION } from '../../../tables/rows-version.ts';
import { FIRST_VERSION } from '../../../workflows/core/index.ts';
import { rawInputs } from '../rows/run.ts';
import type { Recorded } from '../recorded-event.ts';
import type { RunRow } from '../../../tables/projected/workflow-runs.ts';
import { timeOf } from '../rows.ts';
import type { HistoryPlace } from '../record/run-rows.ts';
import { memberOf } from '../record/usage.ts';

/** The row of a run that begins. */
export function newRun(runId: string, { executionId }: HistoryPlace, event: Recorded<'started'>): RunRow {
  const at = timeOf(event.timeMs);
  return {
    id: runId,
    workflow: event.workflowType,
    version: null,
    plan_hash: null,
    status: 'pending',
    terminal_reason: null,
    is_paused: false,
    pause_requested_at: null,
    pause_reason: null,
    pause_drained_at: null,
    cancel_requested_at: null,
    inputs: rawInputs(event.args[0]),
    output: null,
    error: null,
    error_message: null,
    labels: {},
    metadata: startMetadata(event),
    session_id: null,
    session_name: null,
    workspace_path: null,
    turns: 0,
    input_tokens: 0,
    output_tokens: 0,
    cache_read_tokens: 0,
    cache_write_tokens: 0,
    reasoning_tokens: 0,
    total_tokens: 0,
    cost_estimate: 0,
    duration_seconds: null,
    revision: 0,
    epoch: 0,
    execution_id: executionId,
    lineage: lineageOf(event),
    diverged: null,
    last_seq: 0,
    created_at: at,
    started_at: null,
    completed_at: null,
    updated_at: at,
    limits: {},
    needs: [],
    pause: null,
    temporal_pause: null,
    active_seconds: 0,
    active_since: null,
    rows_version: ROWS_VERSION,
  };
}

/** Where a run comes from that another was redirected to, that repeats another, or that was forked from one. */
function lineageOf({ args }: Recorded<'started'>): JsonObject {
  const redirected = redirectedIn(args[1]);
  const rerunOf = memberOf(args[1], 'rerunOf');
  const forkedFrom = forkedIn(args[1]);
  if (redirected === null && forkedFrom !== null) return { forked_from: forkedFrom };
  if (redirected === null) return typeof rerunOf === 'string' ? { rerun_of: rerunOf } : {};
  const { from, message, takes } = redirected;
  return { redirected_from: from, message, taken_over: [...takes] };
}

/** The checkpoint of another run that this one begins with; null: it begins with nothing. @param envelope as it came */
function forkedIn(envelope: unknown): JsonObject | null {
  const restored = memberOf(memberOf(envelope, 'continue'), 'restored');
  const run = memberOf(restored, 'run');
  const checkpoint = memberOf(restored, 'checkpoint');
  return typeof run === 'string' && typeof checkpoint === 'number' ? { run, checkpoint } : null;
}

/** What a redirected run has handed over. @param envelope as it came */
export function redirectedIn(envelope: unknown): Redirected | null {
  const redirected = memberOf(envelope, 'redirected') as Partial<Redirected> | null | undefined;
  const isOurs = typeof redirected?.from === 'string' && Array.isArray(redirected.takes);
  return isOurs ? (redirected as Redirected) : null;
}

/** The version that the run is begun under; the first, where its plan's loader will say it. */
export function interpreterIn({ args }: Recorded<'started'>): number {
  const interpreter = memberOf(args[1], 'interpreter');
  return typeof interpreter === 'number' ? interpreter : FIRST_VERSION;
}

/** Who started the run, and how: with Baton's envelope, or by hand. */
export function startMetadata({ args, identity }: Recorded<'started'>) {
  const envelope = args[1] as { startedBy?: unknown } | null | undefined;
  const startedBy = typeof envelope?.startedBy === 'string' ? envelope.startedBy : null;
  return {
    started_by: startedBy ?? identity,
    identity,
    source: typeof envelope === 'object' && envelope !== null ? 'baton' : 'operator',
  };
}
