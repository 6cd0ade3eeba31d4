/**
 * Follows what a run's agents say until the run has ended.
 *
 * Each piece is told once and in order, beginning after `after`: first what is still there, then what comes.
 */
import { isWithin } from '../../plan/address.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StreamFilter, StreamPiece } from '../../contract/stream.ts';
import { PAGE, type StreamEvent } from '../../streaming/streamer.ts';
import { Bell } from '../changes/bell.ts';
import { REST_MS, type Told } from '../changes/told.ts';
import type { Services } from '../services.ts';
import { pieceJson } from '../views/stream.ts';
import { RunEnd, hasEnded } from './run-end.ts';

/** The end of an answer and the end of its run come by different ways; the former may be the later one by so much. */
const LATE_MS = 500;
/** Most pieces that are told at once. */
const MOST = 50;

export interface StreamSubscription extends StreamFilter {
  readonly runId: string;
}

/** A piece with the place from which to go on after it. */
export interface PlacedPiece {
  readonly position: number;
  readonly piece: StreamPiece;
}

type Means = Pick<Services, 'store' | 'changes' | 'streamer' | 'closing'>;

/** Something may follow; otherwise the run has ended, and nothing is left to tell. */
export async function mayHaveMorePieces(
  means: Pick<Means, 'store' | 'streamer'>,
  { runId, after, ...filter }: StreamSubscription,
): Promise<boolean> {
  if (!(await hasEnded(means, runId))) return true;
  const events = await means.streamer.read(runId, after);
  return events.length === PAGE || events.some((event) => fits(event, filter));
}

/**
 * Ends with the run, or when `gone` or the process says so. Pieces are read as they are taken.
 *
 * @param gone aborted when nobody follows any more
 * @throws UnavailableError while the store of pieces is away
 */
export async function* followPieces(
  means: Means,
  subscription: StreamSubscription,
  gone: AbortSignal,
): AsyncGenerator<Told<PlacedPiece>, void> {
  const { runId } = subscription;
  const bell = new Bell();
  const ring = () => bell.ring();
  const end = new RunEnd(means, runId, ring);
  const unwatch = means.streamer.watch(runId, ring);
  gone.addEventListener('abort', ring);
  means.closing.addEventListener('abort', ring);
  try {
    yield* tell(means, subscription, { bell, end, gone });
  } finally {
    end.release();
    unwatch();
    gone.removeEventListener('abort', ring);
    means.closing.removeEventListener('abort', ring);
  }
}

interface Following {
  readonly bell: Bell;
  readonly end: RunEnd;
  readonly gone: AbortSignal;
}

async function* tell(
  { streamer, closing }: Means,
  { runId, after, ...filter }: StreamSubscription,
  { bell, end, gone }: Following,
): AsyncGenerator<Told<PlacedPiece>, void> {
  let last = after;
  let isLastLook = false;
  while (!gone.aborted && !closing.aborted) {
    const ended = await end.hasCome();
    const events = await streamer.read(runId, last);
    yield* portions(events.filter((event) => fits(event, filter)));
    last = events.at(-1)?.position ?? last;
    if (events.length === PAGE) continue;
    if (ended && isLastLook) {
      yield { items: [], ended };
      return;
    }
    isLastLook = ended;
    if (ended) await sleep(LATE_MS);
    else if (!(await bell.wait(REST_MS))) {
      end.askAgain();
      yield { items: [], ended: false };
    }
  }
}

function* portions(events: readonly StreamEvent[]): Generator<Told<PlacedPiece>> {
  for (let first = 0; first < events.length; first += MOST) {
    const items = events.slice(first, first + MOST).map((event) => {
      return { position: event.position, piece: pieceJson(event) };
    });
    yield { items, ended: false };
  }
}

function fits({ step, turn }: StreamEvent, wanted: Pick<StreamFilter, 'step' | 'turn'>): boolean {
  return (
    (wanted.step === undefined || isWithin(step, wanted.step)) &&
    (wanted.turn === undefined || wanted.turn === turn)
  );
}
