/**
 * What the public events of a page that has been written say to operators: figures (times of runs and steps, tokens) and
 * one line of log for each beginning and end. Each event is told by the projector that has written it, and so once.
 */
import type { Logger } from '../../log/log.ts';
import type { JsonObject } from '../../plan/json.ts';
import { SETTLED_STEP_STATUSES } from '../../protocol/status.ts';
import { TERMINAL_REASONS } from '../../protocol/terminal-reason.ts';
import type { EventRow } from '../../tables/projected/workflow-events.ts';
import type { RunRow } from '../../tables/projected/workflow-runs.ts';
import type { StepRow } from '../../tables/projected/workflow-step-executions.ts';
import { metrics } from './metrics.ts';
import type { PageWrite } from '../page-write.ts';

const SETTLED: ReadonlySet<unknown> = new Set(SETTLED_STEP_STATUSES);
/** From these a step is dispatched; from others it goes on. */
const BEFORE: ReadonlySet<unknown> = new Set(['pending', 'retrying']);

/** @param log bears the run's id */
export function observeEvents({ changes }: Pick<PageWrite, 'changes'>, log: Logger): void {
  const steps = new Map(changes.steps.map((row) => [row.key, row]));
  for (const event of changes.events) {
    if (event.type === 'workflow_start') began(changes.run, log);
    else if (event.type === 'complete') ended(event, changes.run, log);
    else if (event.type === 'llm_complete') consumed(event);
    else if (event.type === 'status_change' && event.step !== null) moved(event, steps.get(event.step), log);
  }
}

function began(row: RunRow | null, log: Logger): void {
  log.info({ workflow: row?.workflow, version: row?.version }, 'run started');
}

function ended({ data }: EventRow, row: RunRow | null, log: Logger): void {
  const { status, terminal_reason: reason } = data;
  const { duration_seconds: seconds = null, active_seconds: active = 0, workflow } = row ?? {};
  log.info({ workflow, status, reason, seconds, active }, 'run ended');
  const labels = { status: name(status) };
  if (seconds !== null) metrics.runSeconds.observe(labels, seconds);
  metrics.runActiveSeconds.observe(labels, active);
  metrics.runsEnded.inc({ ...labels, reason: REASONS.has(reason) ? name(reason) : 'other' });
}

function moved(event: EventRow, row: StepRow | undefined, log: Logger): void {
  const { step, attempt, data } = event;
  const { from, to } = data;
  const kind = row?.kind ?? 'unknown';
  if (to === 'running' && BEFORE.has(from)) log.info({ step, attempt, kind }, 'step dispatched');
  // A result that somebody has replaced is no second end.
  if (!SETTLED.has(to) || SETTLED.has(from) || row === undefined) return;
  const seconds = secondsOf(row);
  log.info({ step, attempt, kind, status: to, seconds }, 'step ended');
  if (seconds !== null) metrics.stepSeconds.observe({ kind, status: name(to) }, seconds);
}

/** From its first attempt to its end; null when it never began. */
function secondsOf({ started_at: from, completed_at: to }: StepRow): number | null {
  if (from === null || to === null) return null;
  return Math.max(0, Date.parse(to) - Date.parse(from)) / 1000;
}

function consumed({ data }: EventRow): void {
  if (data['counted'] === false) return;
  const usage = (data['usage'] ?? {}) as JsonObject;
  const { provider, model } = data;
  for (const [direction, column] of DIRECTIONS) {
    const tokens = Number(usage[column] ?? 0);
    if (tokens > 0) metrics.tokens.inc({ provider: name(provider), model: name(model), direction }, tokens);
  }
}

/** Operators and other programs may name any: a label has few values. */
const REASONS: ReadonlySet<unknown> = new Set([...TERMINAL_REASONS, 'terminated']);

const name = (value: unknown): string => (typeof value === 'string' ? value : 'unknown');

const DIRECTIONS = [
  ['input', 'input_tokens'],
  ['output', 'output_tokens'],
  ['cache_read', 'cache_read_tokens'],
] as const;
