/** What is written of a call: an event without position and time, which come with the writing. */
import type { CallAddress, StoredMessage, StreamEvent } from './streamer.ts';

export interface Piece extends CallAddress, Pick<StreamEvent, 'type' | 'content' | 'offset' | 'interrupted'> {
  readonly message: StoredMessage | null;
  /** Text of the call before this offset falls out. */
  readonly keepFrom: number;
}
