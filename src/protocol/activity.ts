/** What goes into step activities and what comes back. Activity type = step kind; activity id = `key#attempt`. */
import type { Address } from '../plan/address.ts';
import type { JsonObject, Path } from '../plan/json.ts';
import type { AnySpec, Plan, StepSpec, WorkspaceSpec } from '../plan/plan.ts';
import type { ErrorScope } from '../plan/template.ts';
import type { TakenSnapshot, WantedFiles } from './snapshot.ts';
import type { StepResult, SuppliedValue } from './values.ts';

/** @typeParam S what is to be done */
export interface StepActivityInput<S extends AnySpec = StepSpec> {
  readonly run: { readonly id: string; readonly workflow: string; readonly version: string };
  readonly step: {
    readonly key: Address;
    readonly title: string;
    readonly attempt: number;
    /** Counts TASK attempts only: INFRA retries stay in the same group and so keep the idempotency key. */
    readonly group: number;
  };
  /** `run/epoch/step/group`; sent along with every effect that can carry one. */
  readonly idempotencyKey: string;
  readonly spec: S;
  readonly values: TemplateValues;
  readonly keep: readonly Path[];
  /** The directory to work in, on the worker that holds it; null for steps that need none. */
  readonly workspace: string | null;
  /** Snapshots of the workspace are kept for other workers. */
  readonly snapshots?: true;
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
        readonly error?: ErrorScope;
      }
    >
  >;
}

export interface StepActivityOutput {
  readonly result: StepResult;
  /** Of the workspace, where the step works in it. */
  readonly snapshot?: TakenSnapshot;
  /** Who outside has done it, where somebody has. */
  readonly doneBy?: DoneBy;
}

/** A node that has done the work, and what it said on the way, for the thread. */
export interface DoneBy {
  readonly node: string;
  readonly comments: readonly string[];
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
/** Activity `workspace`: makes the directory that the steps of a run share. */
export const WORKSPACE_ACTIVITY = 'workspace';

export interface WorkspaceInput {
  readonly run: StepActivityInput['run'];
  /** 1 for the first; a further one takes the place of a workspace whose worker is lost. */
  readonly generation: number;
  /** Where it is not the run's first start under its id: makes a directory of its own. */
  readonly branch?: string;
  readonly spec: WorkspaceSpec;
  readonly values: TemplateValues;
  /** What its files are to be; absent: what it begins with, or what they are. */
  readonly files?: WantedFiles;
  readonly timeoutMs: number;
}

/** Same input, same worker: same directory, made once. */
export interface WorkspaceOutput {
  /** Absolute, on the worker that holds it. */
  readonly path: string;
  /** The task queue of that worker. */
  readonly queue: string;
  /** What was checked out; null for an empty directory. */
  readonly commit: string | null;
  /** In a person's words, for the thread. */
  readonly comment: string;
  /** The files as they are handed over. */
  readonly snapshot?: TakenSnapshot;
}

/** What heartbeats say, where they say something. */
export interface HeartbeatDetails {
  /** For people: `a worker …`. */
  readonly waits_for: string;
  /** The task queue on which no worker is there for it; absent: it waits for something else. */
  readonly unserved_queue?: string;
}

export type StepActivity = (input: StepActivityInput) => Promise<StepActivityOutput>;
export type WorkspaceActivity = (input: WorkspaceInput) => Promise<WorkspaceOutput>;
export type LoadPlanActivity = (input: LoadPlanInput) => Promise<LoadPlanOutput>;

/** Inputs of a run: plain JSON; values above 32 KB may stand as a BlobRef. */
export type RunInputs = JsonObject;
