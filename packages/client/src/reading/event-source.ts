/** Server-sent events of one connection, in bounded memory. A connection that says nothing for too long counts as lost. */
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { BatonError } from '../errors.ts';
import type { Opened } from '../sending/transport.ts';

export interface Bounds {
  /** Most characters of one event. */
  readonly eventChars: number;
  /** Longest silence in ms. The server says something every few seconds. */
  readonly silenceMs: number;
}

/**
 * The events that came together, each time something comes: none for a sign of life.
 *
 * @throws BatonError `timeout` after a silence, `connection_lost`, `answer_too_large` for an event without end
 */
export async function* eventsOf(
  { response, limit }: Opened,
  { eventChars, silenceMs }: Bounds,
): AsyncGenerator<readonly EventSourceMessage[]> {
  let events: EventSourceMessage[] = [];
  let isTooLarge = false;
  const parser = createParser({
    maxBufferSize: eventChars,
    onEvent: (event) => events.push(event),
    onError: ({ type }) => (isTooLarge ||= type === 'max-buffer-size-exceeded'),
  });
  const decoder = new TextDecoder();
  const body = response.body as ReadableStream<Uint8Array> | null;
  const reader = (body ?? new ReadableStream<Uint8Array>()).getReader();
  try {
    for (;;) {
      limit.wind(silenceMs);
      const { done, value } = await reader.read();
      limit.wind(0);
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
      if (isTooLarge)
        throw new BatonError('answer_too_large', `An event is larger than ${eventChars} characters.`);
      yield events;
      events = [];
    }
  } catch (error) {
    if (error instanceof BatonError) throw error;
    if (limit.isOver) throw new BatonError('timeout', 'The stream fell silent.', { cause: error });
    throw new BatonError('connection_lost', 'The stream broke off.', { cause: error });
  } finally {
    limit.end();
  }
}
