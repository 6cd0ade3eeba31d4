/** Attempts of steps for tests of step kinds: the input as the workflow would send it, and Temporal's mock around it. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { ApplicationFailure } from '@temporalio/common';
import type { Attempt } from '../../src/activities/step-activity.ts';
import { readConfig, type Config } from '../../src/config.ts';
import { render } from '../../src/expressions/index.ts';
import type { Json } from '../../src/plan/json.ts';
import type { StepSpec } from '../../src/plan/plan.ts';
import type { StepActivityInput } from '../../src/protocol/activity.ts';
import type { FailureDetails } from '../../src/protocol/failure.ts';

/** The input of step `work` in run `run-1` of workflow `demo`. */
export function stepInput(spec: StepSpec, over: Partial<StepActivityInput> = {}): StepActivityInput {
  return {
    run: { id: 'run-1', workflow: 'demo', version: '1.0.0' },
    step: { key: 'work', title: 'Do the work', attempt: 1, group: 1 },
    idempotencyKey: 'run-1/0/work/1',
    spec,
    values: { inputs: {}, steps: {} },
    keep: [],
    workspace: null,
    timeoutMs: 60_000,
    ...over,
  };
}

/** An attempt for calling a kind directly, without the frame. */
export function attemptOf<S extends StepSpec>(
  spec: S,
  over: {
    readonly inputs?: Record<string, Json>;
    readonly secrets?: Record<string, string>;
    readonly signal?: AbortSignal;
    readonly input?: Partial<StepActivityInput>;
  } = {},
): Attempt<S> {
  const input = stepInput(spec, over.input);
  const scope = { inputs: over.inputs ?? {}, steps: {}, run: input.run, secrets: over.secrets ?? {} };
  return {
    spec,
    input,
    render: (node) => render(node, scope),
    signal: over.signal ?? new AbortController().signal,
    tell: () => {},
  };
}

/** A configuration with nothing from this machine's environment. */
export function testConfig(over: Partial<Config> = {}): Config {
  return { ...readConfig({}), ...over };
}

/** What runs an activity as Temporal would, with a minute for it: by itself the environment gives it a second. */
export const patientEnvironment = () => new MockActivityEnvironment({ startToCloseTimeoutMs: 60_000 });

export function runActivity<I, O>(
  activity: (input: I) => Promise<O>,
  input: I,
  environment = patientEnvironment(),
): Promise<O> {
  return environment.run(activity, input);
}

export interface RecordedFailure {
  readonly type: string;
  readonly message: string;
  readonly details: FailureDetails;
}

/** The ApplicationFailure that an activity ends with, as the core will see it. */
export async function failureOf(ending: Promise<unknown>): Promise<RecordedFailure> {
  const error = await ending.then(
    () => new Error('it did not fail'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ApplicationFailure)) throw error;
  return { type: error.type ?? '', message: error.message, details: error.details?.[0] as FailureDetails };
}
