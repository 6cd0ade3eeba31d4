/** A run and its steps as they were after one of its events: what is known now, with what the state of then says. Pure. */
import type { RunNow, RunStateAt, Step } from '../../api/generated.ts';

export interface Instant {
  readonly run: RunNow;
  readonly steps: readonly Step[];
  /** When the event was; in ms. */
  readonly time: number;
}

/** Steps that came later are not there; times and attempts that came later are not told. */
export function asItWas(run: RunNow, steps: readonly Step[], then: RunStateAt): Instant {
  const time = then.at === null ? Date.parse(run.created_at) : Date.parse(then.at);
  const by = (at: string | null) => (at !== null && Date.parse(at) <= time ? at : null);
  const states = new Map(then.steps.map((step) => [step.key, step]));
  return {
    time,
    run: {
      ...run,
      status: then.status,
      terminal_reason: then.terminal_reason,
      is_paused: then.is_paused,
      epoch: then.epoch,
      revision: then.plan.revision,
      turns: then.turns,
      input_tokens: then.input_tokens,
      output_tokens: then.output_tokens,
      total_tokens: then.total_tokens,
      cost_estimate: then.cost_estimate,
      // What only now is known of.
      active_seconds: null,
      error: then.status === 'failed' ? run.error : null,
      pause: null,
      pause_reason: null,
      temporal_pause: null,
      cancel_requested_at: by(run.cancel_requested_at),
      completed_at: by(run.completed_at),
      waiting_for: [],
      progress: null,
      forks: [],
    },
    steps: steps.flatMap((step) => {
      const state = states.get(step.key);
      return state === undefined ? [] : [stepThen(step, state, by)];
    }),
  };
}

function stepThen(
  step: Step,
  state: RunStateAt['steps'][number],
  by: (at: string | null) => string | null,
): Step {
  const isSettled = state.status === step.status && state.attempt === step.attempt;
  return {
    ...step,
    status: state.status as Step['status'],
    attempt: state.attempt,
    dependencies: state.dependencies,
    level: state.level,
    reason: state.reason,
    held: null,
    turns: state.turns,
    input_tokens: state.input_tokens,
    output_tokens: state.output_tokens,
    total_tokens: state.total_tokens,
    cost_estimate: state.cost_estimate,
    error: isSettled ? step.error : null,
    started_at: state.status === 'pending' ? null : by(step.started_at),
    completed_at: isSettled ? by(step.completed_at) : null,
    attempts: step.attempts.filter(({ scheduled_at: at }) => by(at) !== null),
    waiting_for: null,
    retry_at: null,
    process: null,
  };
}
