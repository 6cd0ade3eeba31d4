/**
 * An open run comes to rest before it is set back: it is paused, and what is under way comes to its end or is stopped. A
 * pause that is there already will do, and is made stricter where something is to be stopped.
 *
 * Nothing is lost where it takes too long, or where whoever asked is gone: the run is paused, says why, and goes on by
 * itself when the pause ends, or is set back by the same request sent again.
 */
import { ConflictError } from '../../errors/errors.ts';
import { PAUSE_MODES, type PauseMode, type RestoreMode } from '../../protocol/signals.ts';
import { hasEnded } from '../../protocol/status.ts';
import { awaitProjection } from '../changes/await-projection.ts';
import { behind } from '../runs/find-target.ts';
import { findRun } from '../runs/queries/find-run.ts';
import type { Scope } from '../services.ts';
import type { RunRow } from '../views/run.ts';

const PAUSES: Readonly<Record<RestoreMode, PauseMode>> = { drain: 'after_turn', abort: 'now' };

export interface RestRequest {
  readonly mode: RestoreMode;
  /** How long it may take, in ms. */
  readonly timeout: number;
  /** For the record. */
  readonly reason: string;
  readonly by?: string | undefined;
}

/**
 * The run as it is at rest: paused with nothing under way, or ended meanwhile; or where it has gone on to another epoch.
 *
 * @throws ConflictError `run_not_at_rest`; UnavailableError `projection_behind`, and when Temporal or Postgres is away
 */
export async function comeToRest(scope: Scope, row: RunRow, request: RestRequest): Promise<RunRow> {
  if (isAtRest(row)) return row;
  const deadline = performance.now() + request.timeout;
  scope.call.rest();
  if (!isComingToRest(row, request)) await askForRest(scope, row, request);
  const where = { id: row.id, executionId: row.execution_id };
  const read = async () => {
    const now = await scope.store.first<RunRow>(findRun(row.id));
    return now !== undefined && (isAtRest(now) || now.epoch !== row.epoch) ? now : undefined;
  };
  const left = Math.max(0, deadline - performance.now());
  const rested = await awaitProjection(scope, where, read, left);
  if (rested === undefined) throw await stillMoving(scope, row, request);
  return rested;
}

/** A pause that does as much is under way already. */
function isComingToRest({ pause }: RunRow, { mode }: RestRequest): boolean {
  return pause !== null && PAUSE_MODES.indexOf(pause.mode) >= PAUSE_MODES.indexOf(PAUSES[mode]);
}

/**
 * What the run makes of it does not matter: where it refuses, it is paused already, or on its way to an end. It goes to this
 * execution and no other, since whoever asks at the same time may have set the run back.
 */
async function askForRest(scope: Scope, row: RunRow, { mode, reason, by }: RestRequest): Promise<void> {
  const pause = { id: crypto.randomUUID(), action: 'pause', mode: PAUSES[mode], reason } as const;
  const message = { ...pause, ...(by !== undefined && { by }) };
  if (await scope.engine.signal(row.id, [message], row.execution_id)) return;
  throw behind(`The tables do not show yet where run "${row.id}" stands.`);
}

function isAtRest(row: RunRow): boolean {
  return hasEnded(row) || (row.is_paused && row.pause_drained_at !== null);
}

async function stillMoving(
  { store }: Scope,
  row: RunRow,
  { mode, timeout }: RestRequest,
): Promise<ConflictError> {
  const { id, temporal_pause, pause, is_paused } = (await store.first<RunRow>(findRun(row.id))) ?? row;
  const why =
    temporal_pause !== null
      ? 'an operator has paused it in Temporal, so that it reads nothing: resume it first'
      : !is_paused || pause === null
        ? 'it has not read the pause yet: its worker may be away'
        : `${pause.busy - pause.drained} of ${pause.busy} steps are still under way`;
  const other = mode === 'drain' ? ', or with mode "abort", which stops what is under way' : '';
  const message =
    `Run "${id}" was not set back: it has not come to rest within ${timeout / 1000} s; ${why}. It is paused for that, and goes on ` +
    `by itself when the pause ends, or when you resume it. Ask again to wait on${other}.`;
  return new ConflictError('run_not_at_rest', message);
}
