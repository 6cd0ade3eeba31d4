/** Settings of Temporal workers. The figures were measured against hand-written workflows (docs/performance.md). */
import { hostname } from 'node:os';
import type { WorkerOptions } from '@temporalio/worker';

const POLLERS = { type: 'simple-maximum', maximum: 20 } as const;

/** All workers. A shutdown gives activities a second, then cancels them, and ends in any case. */
export const COMMON_OPTIONS = {
  shutdownGraceTime: '1s',
  shutdownForceTime: '2500ms',
} as const satisfies Partial<WorkerOptions>;

/**
 * How long a worker that stops lets effects under way come to their end, in ms: their attempts have ended then, and the
 * next ones wait for what they bring. Whoever kills what does not stop has to wait longer.
 */
export const EFFECT_MS = 10_000;

/** Workers that run workflows. Runs stay in the cache: replaying one of 1,000 steps takes a second. */
export const WORKFLOW_OPTIONS = {
  reuseV8Context: true,
  workflowThreadPoolSize: 2,
  maxCachedWorkflows: 500,
  maxConcurrentWorkflowTaskExecutions: 100,
  workflowTaskPollerBehavior: POLLERS,
} as const satisfies Partial<WorkerOptions>;

/** Workers that run activities. A cancel arrives with a heartbeat, so that none (400 ms) may be held back for the next. */
export const ACTIVITY_OPTIONS = {
  maxConcurrentActivityTaskExecutions: 100,
  activityTaskPollerBehavior: POLLERS,
  maxHeartbeatThrottleInterval: '250ms',
} as const satisfies Partial<WorkerOptions>;

/** The queue that leads to a home's workspaces: few wait there, and each of them for one worker only. */
export const WORKSPACE_OPTIONS = {
  ...ACTIVITY_OPTIONS,
  activityTaskPollerBehavior: { type: 'simple-maximum', maximum: 5 },
} as const satisfies Partial<WorkerOptions>;

/** Who a worker is in histories: shown as the worker of an attempt. */
export function workerIdentity(role: string): string {
  return `baton-${role}-${process.pid}@${hostname()}`;
}
