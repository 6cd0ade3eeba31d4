/**
 * The live connection: one socket for the page, loaded when the first run is followed. Events come each once and in order;
 * `since` goes on after a gap, and a gap that shows all the same (a `seq` that is not the next) has the reader start anew.
 *
 * States: `connecting` until the first answer; `live` while the socket stands; `reconnecting` after it was lost; `ended`
 * once the run has; `snapshot` where nobody follows (a moment of the past).
 */
import type { Socket } from 'socket.io-client';
import { part } from './part.ts';
import type { EventEnvelope, StreamPiece } from './generated.ts';
import { exported } from './offline.ts';

export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'ended' | 'snapshot';

export interface LiveEvent extends EventEnvelope {
  /** It comes again under this name. */
  readonly also?: string;
}

export interface LivePiece extends StreamPiece {
  readonly id: number;
}

export interface Follower {
  readonly onEvent: (event: LiveEvent) => void;
  readonly onState: (state: LiveState) => void;
  /** Events are missing: read again what is shown. */
  readonly onGap: () => void;
}

interface Answer {
  readonly ok: boolean;
  readonly seq?: number;
}

let socket: Promise<Socket> | undefined;

/** One for the page; it lives as long as the page does. */
function connection(): Promise<Socket> {
  socket ??= part(() => import('socket.io-client')).then(({ io }) =>
    io(location.origin, { reconnectionDelayMax: 5_000 }),
  );
  return socket;
}

/** Follows a run from after `since`, until the returned function is called. */
export function followRun(runId: string, since: number, follower: Follower): () => void {
  let last = since;
  let stopped = false;
  let stop = () => {};
  if (exported !== undefined) {
    follower.onState('snapshot');
    return stop;
  }
  follower.onState('connecting');
  void connection().then((live) => {
    if (stopped) return;
    const subscribe = async () => {
      const answer = (await live.emitWithAck('subscribe:workflow', { runId, since: last })) as Answer;
      if (stopped) return;
      if (answer.ok) return follower.onState('live');
      // What was there is not there any more: a server that was set up anew.
      last = 0;
      follower.onGap();
    };
    const hear = (name: string, event: LiveEvent) => {
      if (event.runId !== runId || name.startsWith('stream:') || event.also !== undefined) return;
      if (event.seq <= last) return;
      if (event.seq !== last + 1) follower.onGap();
      last = event.seq;
      follower.onEvent(event);
    };
    const lose = () => follower.onState('reconnecting');
    const connect = () => void subscribe();
    live.on('connect', connect).on('disconnect', lose).onAny(hear);
    if (live.connected) connect();
    stop = () => {
      live.off('connect', connect).off('disconnect', lose).offAny(hear);
      live.emit('unsubscribe:workflow', { runId });
    };
  });
  return () => {
    stopped = true;
    stop();
  };
}

/** Hears what agents of a run say, piece by piece, until the returned function is called. */
export function followWords(runId: string, onPiece: (piece: LivePiece) => void): () => void {
  let after = 0;
  let stopped = false;
  let stop = () => {};
  if (exported !== undefined) return stop;
  void connection().then((live) => {
    if (stopped) return;
    const hear = (piece: LivePiece & { readonly runId: string }) => {
      if (piece.runId !== runId || piece.id <= after) return;
      after = piece.id;
      onPiece(piece);
    };
    const connect = () => void live.emit('subscribe:stream', { runId, after });
    live.on('connect', connect).on('stream:piece', hear);
    if (live.connected) connect();
    stop = () => {
      live.off('connect', connect).off('stream:piece', hear);
      live.emit('unsubscribe:stream', { runId });
    };
  });
  return () => {
    stopped = true;
    stop();
  };
}
