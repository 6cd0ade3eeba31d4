/**
 * Does every activity under its span, so that what it sends and logs can tell of it. The span's trace is the one that the
 * run was started in, or the run's own.
 *
 * No activity waits long for that, or fails for it: where it cannot be read in time, it has no span.
 */
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { LRUCache } from 'lru-cache';
import type { Config } from '../config.ts';
import type { Database } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import { withinSpan, type CurrentSpan } from '../tracing/current-span.ts';
import { activitySpanId, traceIdOf } from '../tracing/span-ids.ts';
import { parseTraceparent, type SpanContext } from '../tracing/traceparent.ts';

const MOST_RUNS = 10_000;
const PATIENCE_MS = 1_000;

/** The span that a run was started in; null: in none. */
type Started = SpanContext | null;

export class RunTraces {
  readonly #database: Pick<Database, 'query'>;
  /** It is written before a run starts, and never changes. */
  readonly #known = new LRUCache<string, { readonly started: Started }>({ max: MOST_RUNS });

  constructor(database: Pick<Database, 'query'>) {
    this.#database = database;
  }

  /** undefined: it cannot be read now. */
  async of(runId: string): Promise<Started | undefined> {
    const known = this.#known.get(runId);
    if (known !== undefined) return known.started;
    const patience = AbortSignal.timeout(PATIENCE_MS);
    const late = new Promise<undefined>((resolve) => {
      patience.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    return Promise.race([this.#read(runId).catch(() => undefined), late]);
  }

  async #read(runId: string): Promise<Started> {
    const { rows } = await this.#database.query<{ traceparent: string }>(findTrace(runId));
    const started = parseTraceparent(rows[0]?.traceparent);
    this.#known.set(runId, { started });
    return started;
  }
}

const findTrace = (runId: string) => sql`select traceparent from run_traces where run_id = ${runId}`;

/** An interceptor for all workers of a process. @param isExporting spans are exported here */
export function traceActivity(
  traces: Pick<RunTraces, 'of'>,
  propagate: Config['BATON_TRACE_PROPAGATE'],
  isExporting: boolean,
): ActivityInterceptorsFactory {
  return ({ info: { activityId, workflowExecution } }) => ({
    inbound: {
      execute: async (input, next) => {
        if (workflowExecution === undefined) return next(input);
        const { workflowId, runId: executionId } = workflowExecution;
        const started = await traces.of(workflowId);
        if (started === undefined) return next(input);
        const isTold = propagate === 'on' || (propagate === 'auto' && (isExporting || started !== null));
        const span: CurrentSpan = {
          traceId: started?.traceId ?? traceIdOf(workflowId),
          spanId: activitySpanId(executionId, activityId),
          sampled: started?.sampled ?? true,
          isTold,
        };
        return withinSpan(span, () => next(input));
      },
    },
  });
}
