import { sql, type Statement } from '../../../database/sql.ts';
import type { Span } from '../../../tracing/span.ts';

/** A span that is to be sent. */
export interface TakenSpan {
  readonly id: number;
  readonly run_id: string;
  readonly span: Span;
}

/** Takes the oldest spans that nobody has taken, for so many seconds. */
export const takeSpans = (most: number, seconds: number): Statement => sql`
  update trace_spans s set taken_until = now() + make_interval(secs => ${seconds})
  from (
    select id from trace_spans where taken_until is null or taken_until < now()
    order by id limit ${most} for update skip locked
  ) free
  where s.id = free.id
  returning s.id, s.run_id, s.span`;
