/** Follows the events of a run that is there: each is told once and in order, beginning after `after`. */
import type { Envelope } from '../../contract/event.ts';
import { CLOSED_STATUSES } from '../../contract/run.ts';
import { REST_MS, type Told } from '../changes/told.ts';
import { findRunStatus } from '../runs/queries/find-run-status.ts';
import type { Services } from '../services.ts';
import { envelopeOf, type LiveEventRow } from '../views/event.ts';
import { listEvents, type EventChoice } from './queries/list-events.ts';
import { wholeEvents } from './whole-events.ts';

export interface EventSubscription extends EventChoice {
  readonly runId: string;
  readonly after: number;
  /** With the whole of what events show the beginning of. */
  readonly full: boolean;
  /** Is followed after it has ended too, since it may be continued. */
  readonly isLasting?: boolean;
}

/** Something may follow; otherwise the run has ended, and everything up to `after` is all of it. */
export async function mayHaveMoreEvents(
  { store }: Pick<Services, 'store'>,
  { runId, after, ...wanted }: EventSubscription,
): Promise<boolean> {
  // Its status is read first: what ended it is then among its events.
  const run = await store.first<{ status: string }>(findRunStatus(runId));
  if (run === undefined || !CLOSED_STATUSES.has(run.status)) return true;
  return (await store.first(listEvents({ ...choiceOf(wanted), runId, after, limit: 1 }))) !== undefined;
}

/**
 * Ends with the run unless it is lasting, or when `gone` or the process says so. Events are read as they are taken.
 *
 * @param gone aborted when nobody follows any more
 * @throws UnavailableError while what was asked for is only in Postgres, and that is away
 */
export async function* followEvents(
  { feeds, store, closing }: Pick<Services, 'feeds' | 'store' | 'closing'>,
  { runId, after, full, isLasting = false, ...wanted }: EventSubscription,
  gone: AbortSignal,
): AsyncGenerator<Told<Envelope>, void> {
  const follower = feeds.follow(runId, after, choiceOf(wanted));
  const ring = () => follower.bell.ring();
  gone.addEventListener('abort', ring);
  closing.addEventListener('abort', ring);
  try {
    while (!gone.aborted && !closing.aborted) {
      const page = await follower.next();
      const ended = page.ended && !isLasting;
      if (full) yield* wholeEach(store, runId, page.events);
      else if (page.events.length > 0) yield { items: page.events.map(envelopeOf), ended: false };
      if (ended) {
        yield { items: [], ended };
        return;
      }
      if (page.atHead && !(await follower.bell.wait(REST_MS))) yield { items: [], ended: false };
    }
  } finally {
    follower.leave();
    gone.removeEventListener('abort', ring);
    closing.removeEventListener('abort', ring);
  }
}

function choiceOf({ type, step, turn, since, until }: EventChoice): EventChoice {
  return { type, step, turn, since, until };
}

/** One at a time, since each may be large. */
async function* wholeEach(
  store: Services['store'],
  runId: string,
  events: readonly LiveEventRow[],
): AsyncGenerator<Told<Envelope>, void> {
  for (const event of events) {
    const [whole = event] = await wholeEvents(store, runId, [event]);
    yield { items: [envelopeOf(whole)], ended: false };
  }
}
