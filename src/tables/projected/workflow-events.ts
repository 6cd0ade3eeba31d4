/** The public record of a run: one sequence of events, readable without knowledge of Temporal. */
import type { JsonObject } from '../../plan/json.ts';
import type { EventType } from '../../protocol/event.ts';
import { bigint, integer, json, nullable, text, time } from '../column.ts';
import { table, type RowOf } from '../table.ts';

export const workflowEvents = table({
  name: 'workflow_events',
  key: ['run_id', 'seq'],
  rows: 'added',
  run: 'run_id',
  archive: 'moved',
  columns: {
    run_id: text(),
    seq: bigint(),
    type: text<EventType>(),
    step: nullable(text()),
    attempt: nullable(integer()),
    data: json<JsonObject>(),
    /** `seq` of the event that led to this one. */
    caused_by: nullable(bigint()),
    previous: nullable(bigint()),
    at: time(),
    /** The event of Temporal's that it came with. */
    execution_id: text(),
    event_id: bigint(),
    turn: nullable(integer()),
    /** Of the plan, where it concerns a step and the plan had been edited; null says 0, or that it concerns none. */
    revision: nullable(integer()),
  },
});

export type EventRow = RowOf<typeof workflowEvents>;
