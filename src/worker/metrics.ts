/** Figures of a worker, for Prometheus: its own registry, served by health-server.ts. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

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
  activitySeconds: new Histogram({
    name: 'baton_worker_activity_seconds',
    help: 'How long activities took, by kind and by how they ended: attempts of steps, turns, calls of tools.',
    labelNames: ['kind', 'outcome'] as const,
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800],
    registers,
  }),
  activitiesByKind: new Gauge({
    name: 'baton_worker_activities_by_kind',
    help: 'Activities under way, by kind.',
    labelNames: ['kind'] as const,
    registers,
  }),
  slots: new Gauge({
    name: 'baton_worker_slots',
    help: 'How much may be under way at once: activities, workflow tasks.',
    labelNames: ['of'] as const,
    registers,
  }),
  streamedPieces: new Counter({
    name: 'baton_worker_streamed_pieces_total',
    help: 'Pieces of answers as models sent them: their rate is that of tokens.',
    registers,
  }),
  streamedCharacters: new Counter({
    name: 'baton_worker_streamed_characters_total',
    help: 'Characters of these pieces.',
    registers,
  }),
  cachedRuns: new Gauge({
    name: 'baton_worker_cached_runs',
    help: 'Runs in the cache of this worker.',
    registers,
  }),
};
