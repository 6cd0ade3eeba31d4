/** What the service counts of itself. `docs/metrics.md` lists it. */
import { Counter, Histogram, type Registry } from 'prom-client';

interface Metrics {
  /** A statement was answered, or failed, after so many seconds. */
  readonly countQuery: (seconds: number, failed: boolean) => void;
  /** A run was read from memory, or from its table. */
  readonly countRunRead: (result: 'hit' | 'miss') => void;
}

export function createMetrics(registry: Registry): Metrics {
  const queries = new Histogram({
    name: 'baton_api_query_seconds',
    help: 'Time of the API’s statements in Postgres, in seconds, the wait for a connection included.',
    labelNames: ['result'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers: [registry],
  });
  const runReads = new Counter({
    name: 'baton_run_cache_reads_total',
    help: 'Reads of single runs: hit = served from memory, miss = read from the table.',
    labelNames: ['result'],
    registers: [registry],
  });
  return {
    countQuery: (seconds, failed) => queries.observe({ result: failed ? 'failed' : 'ok' }, seconds),
    countRunRead: (result) => runReads.inc({ result }),
  };
}
