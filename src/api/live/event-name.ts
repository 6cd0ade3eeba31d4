/**
 * Under which name a Socket.IO client gets an event. Each event has one name and is sent once, so that its `seq` alone
 * says how far a client is. `docs/live.md` has the table.
 */
import type { Json, JsonObject } from '../../plan/json.ts';
import type { Envelope } from '../schemas/event.ts';

export type EventName =
  | 'message:new'
  | 'message:updated'
  | 'workflow:paused'
  | 'workflow:unpaused'
  | 'workflow:updated'
  | 'step:updated'
  | 'usage:updated';

export function eventName({ type, data, message }: Pick<Envelope, 'type' | 'data' | 'message'>): EventName {
  if (type === 'status_change') return statusName(objectOf(data));
  if (type === 'llm_complete') return 'usage:updated';
  if (type === 'complete') return 'workflow:updated';
  if (type === 'message' && objectOf(data)['receipt'] === true) return 'message:updated';
  return type === 'message' || message !== null ? 'message:new' : 'workflow:updated';
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
