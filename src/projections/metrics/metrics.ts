/** Figures of the projector, for Prometheus: its own registry, served by metrics-server.ts. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { LIMIT_ERRORS } from '../../protocol/limits.ts';
import { byTable } from '../../tables/projected/index.ts';
import { changedRows } from '../changed-rows.ts';
import type { PageWrite } from '../page-write.ts';

/** Everything that the projector counts, with the process's own figures. */
export const registry = new Registry();
collectDefaultMetrics({ register: registry });
const registers = [registry];

/** From a step in memory to a run of days, in seconds. */
const LONG = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400, 604_800];

export const metrics = {
  lag: new Histogram({
    name: 'baton_projection_lag_seconds',
    help: 'From the time of a page’s newest event to its commit.',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60],
    registers,
  }),
  pages: new Counter({ name: 'baton_projection_pages_total', help: 'Pages written.', registers }),
  events: new Counter({ name: 'baton_projection_events_total', help: 'Raw events folded.', registers }),
  write: new Histogram({
    name: 'baton_projection_write_seconds',
    help: 'Storage latency: one statement that writes the pages that had gathered.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  }),
  rows: new Counter({
    name: 'baton_projection_rows_total',
    help: 'Rows written, by table.',
    labelNames: ['table'] as const,
    registers,
  }),
  bytes: new Counter({
    name: 'baton_projection_bytes_total',
    help: 'Bytes of raw events written.',
    registers,
  }),
  causeDepth: new Histogram({
    name: 'baton_projection_cause_depth',
    help: 'How many events led to a public event, one after the other.',
    buckets: [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000],
    registers,
  }),
  errorEvents: new Counter({
    name: 'baton_projection_error_events_total',
    help: 'Public events of type error: failed attempts and turns.',
    registers,
  }),
  refused: new Counter({
    name: 'baton_projection_pages_refused_total',
    help: 'Pages that the fence refused: somebody else was faster.',
    registers,
  }),
  diverged: new Counter({
    name: 'baton_projection_diverged_total',
    help: 'Runs whose history differs from what the core decides.',
    registers,
  }),
  leftRuns: new Gauge({
    name: 'baton_projection_runs_left',
    help: 'Open runs that this projector leaves to one of a newer Baton.',
    registers,
  }),
  outdatedRuns: new Gauge({
    name: 'baton_projection_outdated_runs',
    help: 'Runs whose rows an older version has written; they are written anew.',
    registers,
  }),
  runSeconds: new Histogram({
    name: 'baton_run_seconds',
    help: 'From start to end of runs that have ended, by status.',
    labelNames: ['status'] as const,
    buckets: LONG,
    registers,
  }),
  runsEnded: new Counter({
    name: 'baton_runs_ended_total',
    help: 'Runs that have ended, by status and reason.',
    labelNames: ['status', 'reason'] as const,
    registers,
  }),
  runActiveSeconds: new Histogram({
    name: 'baton_run_active_seconds',
    help: 'Working time of runs that have ended, by status: what was dispatched to workers, no waiting for people.',
    labelNames: ['status'] as const,
    buckets: LONG,
    registers,
  }),
  stepSeconds: new Histogram({
    name: 'baton_step_seconds',
    help: 'From the first attempt to the end of steps, by kind and status.',
    labelNames: ['kind', 'status'] as const,
    buckets: LONG,
    registers,
  }),
  tokens: new Counter({
    name: 'baton_model_tokens_total',
    help: 'Tokens of model calls by direction (input, output, cache_read): their rate is the consumption.',
    labelNames: ['provider', 'model', 'direction'] as const,
    registers,
  }),
  swept: new Counter({
    name: 'baton_stream_swept_total',
    help: 'Pieces of streamed answers that the sweep has removed.',
    registers,
  }),
  sweeps: new Counter({
    name: 'baton_stream_sweeps_total',
    help: 'Sweeps of streamed answers, by result.',
    labelNames: ['result'] as const,
    registers,
  }),
  spans: new Counter({
    name: 'baton_trace_spans_total',
    help: 'Spans by what became of them: sent, refused by the collector, dropped since too many waited.',
    labelNames: ['result'] as const,
    registers,
  }),
  spanFailures: new Counter({
    name: 'baton_trace_export_failures_total',
    help: 'Requests to the collector that came to nothing: their spans wait.',
    registers,
  }),
  spansWaiting: new Gauge({
    name: 'baton_trace_spans_waiting',
    help: 'Spans that wait for the collector, of all projectors together.',
    registers,
  }),
  spansWaitingSeconds: new Gauge({
    name: 'baton_trace_spans_waiting_seconds',
    help: 'How long the oldest of them has waited.',
    registers,
  }),
  openTails: new Gauge({
    name: 'baton_projection_open_tails',
    help: 'Runs followed at the moment.',
    registers,
  }),
};

// What has a sample from the beginning, so that its first time is an increase and can be alerted on.
for (const reason of LIMIT_ERRORS) {
  metrics.runsEnded.inc({ status: reason === 'error_timeout' ? 'timed_out' : 'failed', reason }, 0);
}
for (const result of ['sent', 'refused', 'dropped']) metrics.spans.inc({ result }, 0);

/** The longest lag since it was asked last, in seconds; null: nothing was written. */
let longestLag: number | null = null;

export function takeLongestLag(): number | null {
  const longest = longestLag;
  longestLag = null;
  return longest;
}

/** Counts what a page that has been written brought. */
export function observePage({ rawEvents, changes, newestMs }: PageWrite): void {
  metrics.pages.inc();
  metrics.events.inc(rawEvents.length);
  metrics.bytes.inc(rawEvents.reduce((sum, { bytes }) => sum + bytes.length, 0));
  const lag = Math.max(0, Date.now() - newestMs) / 1000;
  metrics.lag.observe(lag);
  longestLag = Math.max(longestLag ?? 0, lag);
  metrics.rows.inc({ table: 'history_events' }, rawEvents.length);
  for (const [{ name: table }, rows] of byTable(changedRows(changes))) {
    if (rows.length > 0) metrics.rows.inc({ table }, rows.length);
  }
  for (const depth of changes.causeDepths) metrics.causeDepth.observe(depth);
  const errors = changes.events.filter(({ type }) => type === 'error').length;
  if (errors > 0) metrics.errorEvents.inc(errors);
}
