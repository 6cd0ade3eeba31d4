/** How long activities may take, in ms. */
import type { StepKind } from '../../../plan/plan.ts';

/** One attempt of a step, or one turn of an agent, when its definition does not say. */
export const DEFAULT_TIMEOUT_MS: Readonly<Record<StepKind, number>> = {
  agent: 15 * 60_000,
  ask: 60_000,
  http: 2 * 60_000,
  command: 30 * 60_000,
  transform: 60_000,
  wait: 60_000,
};
/** The activity ends itself at its timeout and has this long to stop what it started; then Temporal ends it. */
export const CLOSE_MARGIN_MS = 5_000;
/** How long Temporal's own cancel request may lag behind the command. */
export const CANCEL_REQUEST_MS = 2_000;
/** A worker that says nothing for so long is taken for dead. */
export const HEARTBEAT_MS = 20_000;
