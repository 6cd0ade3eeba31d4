/**
 * Under which names a live reader gets an event. `docs/live.md` has the table.
 *
 * To a Socket.IO client an event has one name. One that has put an entry into the thread and has another name than
 * `message:new` comes under `message:new` first: the same envelope twice, so that whoever has one of them has all of it.
 */
import type { Json, JsonObject } from '../../plan/json.ts';
import type { EventEnvelope } from '../../contract/event.ts';
import type { EventName } from '../../contract/socket.ts';

export function eventName({
  type,
  data,
  message,
}: Pick<EventEnvelope, 'type' | 'data' | 'message'>): EventName {
  if (type === 'status_change') return statusName(objectOf(data));
  if (type === 'llm_complete') return 'usage:updated';
  if (type === 'complete') return 'workflow:updated';
  if (type === 'message' && objectOf(data)['receipt'] === true) return 'message:updated';
  return type === 'message' || message !== null ? 'message:new' : 'workflow:updated';
}

/** True where the event is told as `message:new` before it is told under its name. */
export function isEntryToo({
  message,
  name,
}: {
  readonly message: unknown;
  readonly name: EventName;
}): boolean {
  return message !== null && name !== 'message:new' && name !== 'message:updated';
}

/**
 * The `event:` of a run's event over SSE. Browsers give `error`, `message` and `open` a meaning of their own, so that no
 * type goes by its bare name.
 */
export function sseType(type: string): string {
  return `run.${type}`;
}

function statusName({ scope, from, to }: JsonObject): EventName {
  if (scope === 'step') return 'step:updated';
  if (from === to) return 'workflow:updated';
  if (to === 'paused') return 'workflow:paused';
  return from === 'paused' ? 'workflow:unpaused' : 'workflow:updated';
}

function objectOf(value: Json): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
