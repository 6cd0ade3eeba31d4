/** Figures of the projector, for Prometheus: its own registry, which whoever hosts it may serve. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Everything that the projector counts. */
export const registry = new Registry();
const registers = [registry];

export const metrics = {
  lag: new Histogram({
    name: 'baton_projection_lag_seconds',
    help: 'From the time of a page’s newest event to its commit.',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60],
    registers,
  }),
  pages: new Counter({ name: 'baton_projection_pages_total', help: 'Pages written.', registers }),
  events: new Counter({ name: 'baton_projection_events_total', help: 'Raw events written.', registers }),
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
  openTails: new Gauge({
    name: 'baton_projection_open_tails',
    help: 'Runs followed at the moment.',
    registers,
  }),
};
