/**
 * The plan: a compiled definition. Frozen plain data, complete and checked, addressed by a content hash.
 *
 * Whoever holds a plan needs no definition text, no schema and no YAML. The workflow interprets it, the projector
 * folds over it, activities get single steps of it. Nothing here has behaviour.
 */
import type { Json, JsonObject, Path } from './json.ts';
import type { Expression, Template, TemplateNode } from './template.ts';

export interface Plan extends PlanPart {
  /** The definition's name; also the Temporal workflow type of its runs. */
  readonly name: string;
  readonly version: string;
  /** `sha256:` + 64 hex digits over the canonical JSON of the plan without this field. */
  readonly hash: string;
  readonly title: string | null;
  readonly description: string | null;
  readonly inputs: Readonly<Record<string, InputSpec>>;
  /** Most time for the whole run in ms, or null. */
  readonly timeoutMs: number | null;
  readonly labels: Readonly<Record<string, string>>;
  /** The agents that the steps name, as they were when the definition was compiled. */
  readonly agents: Readonly<Record<string, AgentProfile>>;
  /** What all agents of a run together may use. */
  readonly limits: Limits;
  /** The directory that steps of a run share, or null. */
  readonly workspace: WorkspaceSpec | null;
  /** Which tasks of a run are kept as checkpoints; absent: those in which a step has settled. */
  readonly checkpoints?: 'level' | 'none';
  /** How long after its end what is stored of a run stays, in ms; absent: until somebody removes it. */
  readonly retentionMs?: number;
  /** Who is told of what happens to its runs; absent: nobody, as far as the definition goes. */
  readonly notify?: NotifyRule;
  /** What all proposals of edits together may do; absent: nothing is said of all. */
  readonly edits?: EditPolicy;
  /** Agents that the definition declares; only where steps that are proposed may name any of them. */
  readonly declared?: readonly string[];
}

/** No part of what a run decides: the sending of events looks at it. */
export interface NotifyRule {
  /** `question`, `failure`, `budget`, `completed`. */
  readonly on: readonly string[];
  /** Names of webhooks of the installation; those that nobody has are passed over. */
  readonly to: readonly string[];
}

/** Steps that belong together: those of the run, or those that a step runs once for each of its items. */
export interface PlanPart {
  /** In topological order (by level, then as written). */
  readonly steps: readonly PlanStep[];
  readonly outputs: OutputSpec;
  /** `fast`: the first failure cancels what runs; `finish`: independent branches go on. */
  readonly failure: 'fast' | 'finish';
  /** `ready`: a step starts when its dependencies are settled; `level`: when the whole level before is. */
  readonly scheduling: 'ready' | 'level';
  /** Most steps open at once. */
  readonly maxParallel: number;
}

/** What a step runs in scopes of its own, one an item or round. */
export interface PlanBody extends PlanPart {
  /** Most of its scopes open at once. */
  readonly window: number;
}

/** null = no limit. Counted for a segment of an agent, or for a whole run. */
export interface Limits {
  readonly maxTurns: number | null;
  /** Input and output tokens together. */
  readonly maxTokens: number | null;
  readonly maxCostMicros: number | null;
  /** Time at work, pauses excepted. */
  readonly maxDurationMs: number | null;
  /** `ask`: wait for somebody who raises the limit, instead of failing. */
  readonly onLimit: 'fail' | 'ask';
}

/** What is the same for all steps that name an agent. Everything else stands resolved in the step's {@link AgentSpec}. */
export interface AgentProfile {
  /** One line, for people. */
  readonly purpose: string;
  readonly system: string;
  /** By the name that tools bear: `mcp__NAME__TOOL`. */
  readonly mcp: Readonly<Record<string, McpServerSpec>>;
}

/** Templates in `env` and `headers` may read `secrets` and nothing else. */
export type McpServerSpec =
  | {
      readonly transport: 'stdio';
      readonly argv: readonly string[];
      readonly env: Readonly<Record<string, TemplateNode>>;
    }
  | {
      readonly transport: 'http';
      readonly url: string;
      readonly headers: Readonly<Record<string, TemplateNode>>;
    };

/** `empty`: a fresh directory; `git`: a fresh clone. The templates read inputs. */
export type WorkspaceSpec = {
  readonly uses: Template['uses'];
  /** Snapshots of its files are kept where every worker can have them; absent: on its own worker. */
  readonly snapshots?: true;
} & (
  | { readonly source: 'empty' }
  | { readonly source: 'git'; readonly url: TemplateNode; readonly ref: TemplateNode | null }
);

export type InputType = 'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array' | 'any';

export interface InputSpec {
  readonly type: InputType;
  readonly required: boolean;
  readonly default?: Json;
  readonly enum?: readonly Json[];
  readonly description: string | null;
}

/** `sinks`: the results of the steps that nothing depends on (one: its result; several: a map by key). */
export type OutputSpec =
  | { readonly kind: 'sinks'; readonly keys: readonly string[] }
  | { readonly kind: 'template'; readonly template: Template };

/** A step of a plan. @typeParam S what its kind is compiled to */
export interface PlanStep<S extends AnySpec = StepSpec> {
  readonly key: string;
  readonly title: string;
  readonly kind: S['kind'];
  /** Length of the longest way from a step without dependencies; 0 for these. */
  readonly level: number;
  readonly dependencies: readonly string[];
  readonly when: Condition | null;
  /** false: runs alone, nothing else is open meanwhile. */
  readonly parallel: boolean;
  /** Most time for one attempt in ms, or null for the kind's default. */
  readonly timeoutMs: number | null;
  readonly retry: RetryPolicy;
  readonly onError: OnError;
  /** The task queue of workers that can do this; null = the run's own. */
  readonly capability: string | null;
  readonly spec: S;
  /** It works in the run's workspace, so it goes to the worker that holds it. */
  readonly workspace: boolean;
  /** What the spec's templates read. */
  readonly uses: Template['uses'];
  /** Paths of this step's result that conditions of other steps read: kept in the workflow's state. */
  readonly keep: readonly Path[];
  /** Absent: it runs none. No kind that the compiler knows has one. */
  readonly body?: PlanBody;
  /** It may propose edits of the plan. Absent: never. */
  readonly edits?: EditPolicy;
  /** Whether its effects may happen twice without harm. Absent: it is known by the step's kind whether it has any. */
  readonly idempotent?: boolean;
}

/** What a step may propose to change of the plan of its own run. */
export interface EditPolicy {
  /** `ask`: a person says yes to each proposal; `auto`: it is taken at once. */
  readonly policy: 'ask' | 'auto';
  /** Steps that the run may gain by it in all. */
  readonly maxSteps: number;
  /** Kinds of the steps that it may add or touch. */
  readonly kinds: readonly string[];
  /** Agents that these may name; null: those that the definition declares, or that its steps name. */
  readonly agents: readonly string[] | null;
  /** Who may say yes; absent: everybody. */
  readonly approvers?: readonly string[];
}

export interface Condition extends Expression {
  /** true when the author speaks of status himself, so that `succeeded() && (…)` was not added. */
  readonly statusAware: boolean;
}

export interface RetryPolicy {
  /** Tries in all, the first one included; at least 1. */
  readonly attempts: number;
  readonly initialMs: number;
  readonly factor: number;
  readonly maxMs: number;
  /** 0 = none … 1 = a delay anywhere between half and one and a half. Derived from ids, never random. */
  readonly jitter: number;
  /** Retry only failures for which this holds (root `error`). */
  readonly if: Expression | null;
}

export type OnError =
  | { readonly action: 'fail' }
  | { readonly action: 'continue' }
  | { readonly action: 'fallback'; readonly value: Template };

/** What the kinds of steps are compiled to: the one list of kinds. All others are derived from it, or held to it. */
export type StepSpec = AgentSpec | AskSpec | HttpSpec | CommandSpec | NodeSpec | TransformSpec | WaitSpec;
export type StepKind = StepSpec['kind'];
export type SpecOf<K extends StepKind> = Extract<StepSpec, { readonly kind: K }>;
/** A spec of any kind, also of one that only its own code knows. */
export interface AnySpec {
  readonly kind: string;
}

export interface AgentSpec {
  readonly kind: 'agent';
  readonly agent: string;
  readonly prompt: TemplateNode;
  /** `provider/model` in the order in which they are tried; empty = the worker's default. */
  readonly models: readonly string[];
  /** A JSON Schema that the answer must fit; the result is then the parsed value. */
  readonly outputSchema: JsonObject | null;
  readonly temperature: number | null;
  readonly maxOutputTokens: number | null;
  /** Names of tools it may call; `mcp__SERVER__*` stands for all of a server. */
  readonly tools: readonly string[];
  /** Tools whose calls wait for a person's yes; a subset of `tools`, or `*`. */
  readonly approve: readonly string[];
  /** Of one segment. `maxTurns` is never null here. */
  readonly limits: Limits;
  /** How often an answer that was cut at its token limit is asked to be gone on with. @default 1 */
  readonly continuations?: number;
  /** Tokens that the model takes at once; absent = as the price table knows it. */
  readonly contextWindow?: number;
  /** Only a person has older turns summarised. Absent: also whatever comes near the window. */
  readonly compact?: 'off';
}

/** A question to people. Its result: {@link AskResult}. */
export interface AskSpec {
  readonly kind: 'ask';
  readonly prompt: TemplateNode;
  /** JSON Schema of an answer. */
  readonly form: JsonObject;
  /** true: the answer is `{approved, comment?}` and a refusal fails the step (`rejected`). */
  readonly approval: boolean;
  /** Who may answer; empty = everybody. */
  readonly approvers: readonly string[];
  /** How many different people must answer. */
  readonly needed: number;
  /** Whoever started the run may not answer. */
  readonly notStarter: boolean;
  /** null = waits for ever. */
  readonly timeoutMs: number | null;
  readonly onTimeout: { readonly action: 'fail' } | { readonly action: 'answer'; readonly value: Json };
}

export interface HttpSpec {
  readonly kind: 'http';
  readonly method: string;
  readonly url: Template['node'];
  readonly headers: Readonly<Record<string, Template['node']>>;
  readonly query: Readonly<Record<string, Template['node']>>;
  readonly body: Template['node'] | null;
}

export interface CommandSpec {
  readonly kind: 'command';
  readonly argv: readonly Template['node'][];
  readonly cwd: Template['node'] | null;
  readonly env: Readonly<Record<string, Template['node']>>;
  readonly stdin: Template['node'] | null;
}

/** Work for a program of the user's own, on any machine: a node; or for an activity of a Temporal worker: an errand. */
export interface NodeSpec {
  readonly kind: 'node';
  /** What a node must be able to do; null: only its labels count. */
  readonly capability: string | null;
  /** Labels that it must have, with these values. */
  readonly labels: Readonly<Record<string, TemplateNode>>;
  /** Labels by which one that has them is preferred. */
  readonly prefer: Readonly<Record<string, TemplateNode>>;
  readonly input: TemplateNode | null;
  /** JSON Schema of a result; null: whatever it is. */
  readonly outputSchema: JsonObject | null;
  /** Which activity does it. No node is looked for then: capability is null, and there are no labels. */
  readonly errand?: ErrandSpec;
}

/** An activity of a Temporal worker that is none of Baton's. */
export interface ErrandSpec {
  readonly taskQueue: string;
  /** Its activity type. */
  readonly activity: string;
  /** A worker that says nothing for so many ms is taken for dead; null: only the timeout tells. */
  readonly heartbeatMs: number | null;
}

export interface TransformSpec {
  readonly kind: 'transform';
  readonly value: Template['node'];
}

export interface WaitSpec {
  readonly kind: 'wait';
  /** A duration in ms, or a template that yields a duration text such as `10s`. */
  readonly duration: Template['node'];
}
