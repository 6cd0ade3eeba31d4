/** Pieces of answers as JSON. */
import type { StreamEvent } from '../../streaming/streamer.ts';
import type { StreamPiece } from '../../contract/stream.ts';

export function pieceJson(event: StreamEvent): StreamPiece {
  const { position: _, message, timestamp, ...piece } = event;
  return {
    ...piece,
    timestamp: timestamp.toISOString(),
    message: message === null ? null : { session_id: message.session, head: message.head },
  };
}
