import { jsonText } from '../../../database/json-text.ts';
import { sql, type Statement } from '../../../database/sql.ts';
import type { PageWrite } from '../../page-write.ts';

/** Has the spans of pages wait to be sent. `condition` may speak of a row as `r`, which has a `run_id`. */
export function insertSpans(pages: readonly PageWrite[], condition: Statement): Statement {
  const rows = pages.flatMap(({ runId, spans }) => spans.map((span) => ({ run_id: runId, span })));
  return sql`
  insert into trace_spans (run_id, span)
  select r.run_id, r.span from json_to_recordset(${jsonText(rows)}::json) as r (run_id text, span json)
  where ${condition}`;
}
