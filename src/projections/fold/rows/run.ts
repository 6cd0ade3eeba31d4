/** What a run's state says in the run's row. Pure. */
import { limitsJson } from '../../../protocol/limits.ts';
import { isDeeperThan, TOO_DEEP } from '../../../plan/depth.ts';
import type { Json } from '../../../plan/json.ts';
import type { RunState } from '../../../workflows/core/index.ts';
import type { PauseJson, RunRow } from '../../../tables/projected/workflow-runs.ts';
import type { RunStatus } from '../../../protocol/status.ts';
import { timeOf } from '../rows.ts';

/** What the row says of a pause where none stands. */
export const NOT_PAUSED = {
  is_paused: false,
  pause_requested_at: null,
  pause_reason: null,
  pause_drained_at: null,
  pause: null,
} as const satisfies Partial<RunRow>;

/** Of a run that has not ended. @param state null: nothing has been decided */
export function openStatus(state: RunState | null): RunStatus {
  if (state === null) return 'pending';
  return state.paused === null ? 'running' : 'paused';
}

/** What a run's plan says of it, and what it was started with. Nothing while the plan is not known. */
export function planColumns({ plan, inputs, labels, spent, revision = 0 }: RunState): Partial<RunRow> {
  if (plan === null) return {};
  const { name, version, hash } = plan;
  return {
    workflow: name,
    version,
    plan_hash: hash,
    revision,
    inputs: rawInputs(inputs),
    labels,
    limits: limitsJson(spent.limits),
  };
}

/**
 * @param by who asked for it, where only history knows
 * @param at ISO text: since when it holds, where the row does not say
 */
export function pauseColumns(
  { paused, timers }: RunState,
  row: RunRow,
  by: string | null,
  at: string,
): Partial<RunRow> {
  if (paused === null) return NOT_PAUSED;
  const { busy, waitsFor, holds, mode, onTimeout, timer } = paused;
  const dueAt = timer === null ? undefined : timers[timer]?.dueAt;
  const pause: PauseJson = {
    mode,
    by: paused.by ?? by,
    busy,
    drained: busy - waitsFor.length,
    ends_at: dueAt === undefined ? null : timeOf(dueAt),
    on_timeout: onTimeout,
  };
  const pause_requested_at = timeOf(paused.requestedAt);
  const since = pause_requested_at === row.pause_requested_at ? row.pause_drained_at : null;
  return {
    is_paused: true,
    pause_requested_at,
    pause_reason: paused.reason,
    pause_drained_at: holds ? (since ?? at) : null,
    pause,
  };
}

/** Inputs as they came, before anybody has checked them. */
export function rawInputs(value: unknown): Json {
  if (isDeeperThan(value)) return { $unreadable: TOO_DEEP };
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}
