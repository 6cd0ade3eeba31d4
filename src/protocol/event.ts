/** What the public record of a run, and its thread, consist of. */

/** Of public events; `docs/api.md` tells what each says. */
export const EVENT_TYPES = [
  'workflow_start',
  'plan',
  'status_change',
  'llm_complete',
  'tool_call',
  'tool_response',
  'question',
  'limit',
  'interrupt',
  'compaction',
  'segment',
  'workspace',
  'error',
  'message',
  'complete',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** Who speaks in an entry of the thread. */
export const MESSAGE_TYPES = ['user', 'agent', 'system'] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];
