/**
 * Postgres as activities see it: what cannot be reached is `storage_unavailable`, a failure of the machinery. Decided
 * by SQLSTATE class and by kind of error, never by message.
 */
import pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../errors/errors.ts';
import { StepFailure } from './step-failure.ts';

/** Connection, resources, operator's intervention, system: the server is away or cannot serve now. */
const AWAY_CLASSES = ['08', '53', '57', '58'];
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;

/** Runs `work`; an unreachable database becomes `storage_unavailable`. */
export async function withStorage<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isAway(error)) throw error;
    const message = `The database cannot be reached: ${messageOf(error)}`;
    throw new StepFailure('storage_unavailable', message, {}, { cause: error });
  }
}

/**
 * Like {@link withStorage}, but goes on trying until `signal` aborts: for a result whose effect has already happened,
 * since giving up would make the effect happen again.
 */
export async function withPatientStorage<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let delay = FIRST_DELAY_MS; ; delay = Math.min(delay * 2, LONGEST_DELAY_MS)) {
    try {
      return await withStorage(work);
    } catch (error) {
      if (!(error instanceof StepFailure) || signal.aborted) throw error;
      await sleep(delay, undefined, { signal }).catch(() => {});
    }
  }
}

function isAway(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return AWAY_CLASSES.includes((error.code ?? '').slice(0, 2));
  // The pool's and the socket's own errors; a SyntaxError or TypeError is a bug of ours.
  return error instanceof Error && !(error instanceof TypeError) && !(error instanceof SyntaxError);
}
