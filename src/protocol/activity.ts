/** What goes into step activities and what comes back. Activity type = step kind; activity id = `key#attempt`. */
import type { JsonObject, Path } from '../plan/json.ts';
import type { Plan, StepSpec } from '../plan/plan.ts';
import type { StepResult, SuppliedValue } from './values.ts';
import type { ModelUsage, SessionRef } from './usage.ts';

export interface StepActivityInput {
  readonly run: { readonly id: string; readonly workflow: string; readonly version: string };
  readonly step: {
    readonly key: string;
    readonly title: string;
    readonly attempt: number;
    /** Counts TASK attempts only: INFRA retries stay in the same group and so keep the idempotency key. */
    readonly group: number;
  };
  /** `run/epoch/step/group`; sent along with every effect that can carry one. */
  readonly idempotencyKey: string;
  readonly spec: StepSpec;
  readonly values: TemplateValues;
  readonly keep: readonly Path[];
  /** Most ms for this attempt; the activity's own deadline lies just before Temporal's. */
  readonly timeoutMs: number;
}

/** The values that the templates read, and no others. */
export interface TemplateValues {
  readonly inputs: Readonly<Record<string, SuppliedValue>>;
  readonly steps: Readonly<
    Record<
      string,
      {
        readonly status: string;
        readonly result?: SuppliedValue;
        readonly error?: { readonly type: string; readonly message: string };
      }
    >
  >;
}

export interface StepActivityOutput {
  readonly result: StepResult;
  readonly usage?: ModelUsage;
  readonly session?: SessionRef;
}

/** Activity `plan`: loads a published plan, the newest when only a name is known. */
export interface LoadPlanInput {
  readonly name: string;
  readonly version?: string;
  readonly hash?: string;
}

export interface LoadPlanOutput {
  readonly plan: Plan;
  readonly interpreter: number;
}

export const PLAN_ACTIVITY = 'plan';

export type StepActivity = (input: StepActivityInput) => Promise<StepActivityOutput>;
export type LoadPlanActivity = (input: LoadPlanInput) => Promise<LoadPlanOutput>;

/** Inputs of a run: plain JSON; values above 32 KB may stand as a BlobRef. */
export type RunInputs = JsonObject;
