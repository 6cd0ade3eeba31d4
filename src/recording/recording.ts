/** What a run has recorded: all that it takes to play it once more without the world. Plain JSON, with whole values. */
import { canonicalJson } from '../plan/canonical.ts';
import { digestOf } from '../plan/digest.ts';
import type { Json, JsonObject } from '../plan/json.ts';
import type { AnySpec, PlanStep } from '../plan/plan.ts';
import type { ShownStepStatus } from '../protocol/status.ts';

export interface Recording {
  /** Id of the run. */
  readonly run: string;
  readonly workflow: string;
  readonly version: string | null;
  /** How the run has ended. */
  readonly status: string;
  readonly inputs: JsonObject;
  /** By key, in the order in which they settled. */
  readonly steps: Readonly<Record<string, RecordedStep>>;
  readonly output: Json;
}

export interface RecordedStep {
  readonly status: ShownStepStatus;
  /** Of a completed step. */
  readonly result?: Json;
  /** Of a failed one; of a completed one where a fallback took the place of its result. */
  readonly error?: RecordedError;
  /** {@link definitionOf} the step that brought it; absent: nobody knows. */
  readonly definition?: string;
}

interface RecordedError {
  readonly type: string;
  readonly message: string;
  /** What errors of its kind tell beside. */
  readonly data?: JsonObject;
}

/** Members of a step that say when it runs, and not what it does. */
const NO_WORK: ReadonlySet<string> = new Set([
  ...(['title', 'level', 'dependencies', 'when', 'parallel', 'timeoutMs', 'retry', 'onError'] as const),
  ...(['capability', 'uses', 'keep'] as const),
]);

/** Digest of what a step does: the same as long as its recorded result is that of this step. */
export function definitionOf(step: PlanStep<AnySpec>): string {
  const work = Object.entries(step).filter(([name]) => !NO_WORK.has(name));
  return digestOf(canonicalJson(Object.fromEntries(work) as Json)).slice(0, 16);
}
