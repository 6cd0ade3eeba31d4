/** Durable events of a Temporal history: their protobuf bytes, and what can be said of one without decoding payloads. */
import { isDeepStrictEqual } from 'node:util';
import proto, { type temporal } from '@temporalio/proto';

const { HistoryEvent: Codec } = proto.temporal.api.history.v1;
const { EventType } = proto.temporal.api.enums.v1;
const PREFIX = 'EVENT_TYPE_';

/** An event as the SDK's protobuf classes have it. */
export type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** An event's bytes, as they are stored. */
export function encodeHistoryEvent(event: HistoryEvent): Buffer {
  return Buffer.from(Codec.encode(event).finish());
}

/** The event of stored bytes. @throws when they are no event */
export function decodeHistoryEvent(bytes: Uint8Array): HistoryEvent {
  return Codec.decode(bytes);
}

/** Whether two events say the same. Bytes may differ: a server writes the entries of a map in any order. */
export function isSameEvent(a: HistoryEvent, b: HistoryEvent): boolean {
  return isDeepStrictEqual(plain(a), plain(b));
}

const plain = (event: HistoryEvent) =>
  Codec.toObject(Codec.fromObject(event), { longs: String, bytes: String });

export function eventIdOf(event: HistoryEvent): number {
  return event.eventId?.toNumber() ?? 0;
}

/** Temporal's name of the type without `EVENT_TYPE_`; a type that this code does not know is `UNKNOWN_<number>`. */
export function eventTypeOf(event: HistoryEvent): string {
  const number = event.eventType ?? 0;
  const name = EventType[number] as string | undefined;
  return name === undefined ? `UNKNOWN_${number}` : name.slice(PREFIX.length);
}

/**
 * True for events that only may come to be. Servers append the present workflow task to the last page of an open
 * execution; real events will have the same ids, so these must be left alone.
 */
export function isProvisional(event: HistoryEvent): boolean {
  return event.taskId?.isZero() ?? true;
}
