/**
 * Step kinds that are one activity an attempt: values in, templates rendered, the work done inside the frame, result
 * stored.
 *
 * A kind sees none of this; it gets its rendered way to work and an abort signal that it must obey.
 */
import { ACTIVITY_COST, renderer } from '../expressions/index.ts';
import type { Json } from '../plan/json.ts';
import type { AnySpec } from '../plan/plan.ts';
import type { TemplateNode } from '../plan/template.ts';
import type { DoneBy, StepActivity, StepActivityInput, StepActivityOutput } from '../protocol/activity.ts';
import type { TakenSnapshot } from '../protocol/snapshot.ts';
import { effectOfStep } from './effects/effect-of.ts';
import { framed, underSignal, type ActivityDeps, type Frame } from './frame.ts';
import { storeResult } from './results.ts';
import { loadScope } from './scope.ts';
import { maskLargeJson } from '../secrets/mask-large.ts';

/** One attempt, as a kind sees it. */
export interface Attempt<S extends AnySpec> {
  readonly spec: S;
  readonly input: StepActivityInput<AnySpec>;
  /** Fills in a template of the spec. @throws ExpressionError */
  readonly render: (node: TemplateNode) => Json;
  /** Aborted by cancel, shutdown or deadline. A kind stops at once and may throw anything. */
  readonly signal: AbortSignal;
  /** Says what it waits for, for people; null: nothing any more. */
  readonly tell: Frame['tell'];
}

/** What a kind brings back. */
export interface Performed {
  readonly value: Json;
  /** Of the workspace, where it has worked in it. */
  readonly snapshot?: TakenSnapshot;
  /** Who outside has done it. */
  readonly doneBy?: DoneBy;
}

export type Perform<S extends AnySpec> = (attempt: Attempt<S>) => Promise<Performed>;

/**
 * Makes the Temporal activity of a kind.
 *
 * @param acts does this step act on the world, so that it is not to be done again without need?
 */
export function stepActivity<S extends AnySpec>(
  deps: ActivityDeps,
  perform: Perform<S>,
  acts: (spec: S) => boolean = () => false,
): StepActivity {
  return framed(
    deps,
    describe,
    async (input: StepActivityInput, frame): Promise<StepActivityOutput> => {
      const { signal } = frame;
      const { value, snapshot, doneBy } = await underSignal(signal, () =>
        performOn(deps, perform, input, frame),
      );
      // What a step answers may hold another step's secret, or one of the worker's own.
      const shown = await maskLargeJson(value, deps.secrets);
      const result = await storeResult(shown, input.keep, { database: deps.database, signal });
      return {
        result,
        ...(snapshot !== undefined && { snapshot }),
        ...(doneBy !== undefined && { doneBy }),
      };
    },
    (input) => (acts(input.spec as AnySpec as S) ? effectOfStep(input) : null),
  );
}

function describe({ run, step, spec }: StepActivityInput): Record<string, Json> {
  return { run: run.id, step: step.key, attempt: step.attempt, kind: spec.kind };
}

async function performOn<S extends AnySpec>(
  deps: ActivityDeps,
  perform: Perform<S>,
  input: StepActivityInput,
  { signal, tell }: Frame,
): Promise<Performed> {
  const scope = await loadScope(input, deps);
  signal.throwIfAborted();
  return perform({
    spec: input.spec as AnySpec as S,
    input,
    render: renderer(scope, ACTIVITY_COST),
    signal,
    tell,
  });
}
