/** The durable events themselves: what the projected tables are a fold over. */
import { sql } from '../../database/sql.ts';
import { bigint, bytes, text, time } from '../column.ts';
import { table } from '../table.ts';

export const historyEvents = table({
  name: 'history_events',
  key: ['execution_id', 'event_id'],
  rows: 'added',
  ofRun: (runId) => sql`execution_id in (select execution_id from executions where run_id = ${runId})`,
  archive: 'moved',
  columns: {
    execution_id: text(),
    event_id: bigint(),
    event_type: text(),
    event_time: time(),
    /** As Temporal's protobuf has it. */
    data: bytes(),
  },
});
