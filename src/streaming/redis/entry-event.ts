/** An entry of a run's stream in Redis, as what it tells. */
import type { StreamEvent } from '../streamer.ts';

interface Entry {
  readonly id: string;
  readonly message: Readonly<Record<string, string>>;
}

/** Its id is the position, which is about its time in microseconds. */
export function entryEvent({ id, message: fields }: Entry): StreamEvent {
  const position = Number.parseInt(id, 10);
  const { step = '', content = '', session, head } = fields;
  return {
    ...{ position, step, content },
    type: fields['type'] as StreamEvent['type'],
    attempt: Number(fields['attempt']),
    turn: Number(fields['turn']),
    offset: Number(fields['offset']),
    timestamp: new Date(position / 1_000),
    message: session === undefined || head === undefined ? null : { session, head },
    interrupted: fields['interrupted'] === 'true',
  };
}
