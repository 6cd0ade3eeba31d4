/** Figures of a worker, for Prometheus: its own registry, served by health-server.ts. */
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

/** Everything that a worker counts, with the process's own figures (CPU, memory, delay of its loop). */
export const registry = new Registry();
collectDefaultMetrics({ register: registry });
const registers = [registry];

export const metrics = {
  stalls: new Counter({
    name: 'baton_worker_stalls_total',
    help: 'Threads of workflows that were replaced because a run kept them busy.',
    registers,
  }),
  deaths: new Counter({
    name: 'baton_worker_thread_deaths_total',
    help: 'Threads of workflows that ended by themselves, for want of memory for example.',
    registers,
  }),
  silence: new Gauge({
    name: 'baton_worker_thread_silence_seconds',
    help: 'How long the slowest thread of workflows has been at one piece of work.',
    registers,
  }),
  activities: new Gauge({
    name: 'baton_worker_activities',
    help: 'Activities under way.',
    registers,
  }),
  activations: new Gauge({
    name: 'baton_worker_workflow_activations',
    help: 'Workflow tasks under way.',
    registers,
  }),
  cachedRuns: new Gauge({
    name: 'baton_worker_cached_runs',
    help: 'Runs in the cache of this worker.',
    registers,
  }),
};
