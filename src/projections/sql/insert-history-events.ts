import type { Statement } from '../../database/sql.ts';
import { addBinaryRows } from '../../tables/statements/add-binary-rows.ts';
import { historyEvents } from '../../tables/stored/history-events.ts';
import type { PageWrite } from '../page-write.ts';

/** Keeps the durable events themselves. `condition` may speak of a row as `r`. */
export const insertHistoryEvents = (pages: readonly PageWrite[], condition: Statement): Statement =>
  addBinaryRows(
    historyEvents,
    pages.flatMap(({ executionId, rawEvents }) =>
      rawEvents.map(({ eventId, type, at, bytes }) => ({
        execution_id: executionId,
        event_id: eventId,
        event_type: type,
        event_time: at,
        data: bytes,
      })),
    ),
    condition,
  );
