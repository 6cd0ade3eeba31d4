/** Rows of `workflow_events` as JSON. */
import type { EventEnvelope, RunEvent } from '../../contract/event.ts';
import { liveMessageJson, type LiveMessageRow } from './message.ts';
import { exactly } from './exactly.ts';
import { iso } from './time.ts';

export type EventRow = Omit<RunEvent, 'at'> & { readonly at: Date };
/** With what the event has put into the thread. */
export type LiveEventRow = EventRow & { readonly message: LiveMessageRow | null };

export function eventJson(row: EventRow): RunEvent {
  return exactly<RunEvent>()({ ...row, at: iso(row.at) });
}

/** What live readers get. */
export function envelopeOf({ run_id: runId, at, ...row }: LiveEventRow): EventEnvelope {
  const { seq, type, step, attempt, turn, revision, data } = row;
  const message = row.message && liveMessageJson(row.message);
  return { runId, workflowId: runId, seq, type, ts: iso(at), step, attempt, turn, revision, data, message };
}
