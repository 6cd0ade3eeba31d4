import type { Json, JsonObject, Path } from './json.ts';

/**
 * A compiled expression: CEL over the roots `inputs`, `steps`, `run`, `item`, `index`, `secrets`, `status`, `error`.
 *
 * Short forms, hyphenated names and status functions are rewritten by the compiler, so that `source` needs no
 * knowledge of the plan: `parse-changes.result` stands here as `steps["parse-changes"].result`, and `failed()`
 * as `status.failed`.
 */
export interface Expression {
  readonly source: string;
  /** What the expression reads, so that only this is handed to whoever evaluates it. */
  readonly uses: readonly Use[];
}

/** One value that an expression reads. An empty path means the whole value. */
export type Use =
  | { readonly root: 'inputs'; readonly name: string; readonly path: Path }
  | {
      readonly root: 'steps';
      readonly name: string;
      readonly field: 'result' | 'status' | 'error';
      readonly path: Path;
    };

/** A string that was one `{{ }}`: the value keeps its type. */
export interface ValueInterpolation {
  readonly $expr: string;
}

/** A string with `{{ }}` among text: strings are inserted as they are, everything else as JSON. */
export interface TextInterpolation {
  readonly $text: readonly (string | ValueInterpolation)[];
}

/** A JSON value in which strings may have become interpolations. Keys `$expr` and `$text` are reserved. */
export type TemplateNode =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly TemplateNode[]
  | ValueInterpolation
  | TextInterpolation
  | { readonly [key: string]: TemplateNode };

/** A template with what it reads. */
export interface Template {
  readonly node: TemplateNode;
  readonly uses: readonly Use[];
}

/** What an expression sees when it is evaluated. */
export interface Scope {
  readonly inputs: Readonly<Record<string, Json>>;
  readonly steps: Readonly<Record<string, ScopeStep>>;
  readonly run: { readonly id: string; readonly workflow: string; readonly version: string };
  /** Only inside activities. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Only in `when`: over the step's dependencies (`succeeded`, direct) and ancestors (`failed`). */
  readonly status?: { readonly succeeded: boolean; readonly failed: boolean; readonly always: true };
  /** Only in `retry.if` and fallbacks: the failure that is to be judged, or made good. */
  readonly error?: ErrorScope & { readonly attempt: number };
}

/** A step as expressions see it; `output` is the same as `result`. Absent members are missing values. */
export interface ScopeStep {
  readonly status: string;
  readonly result?: Json;
  readonly output?: Json;
  readonly error?: ErrorScope;
}

/** An error as expressions see it, with what its kind of step tells beside. */
export type ErrorScope = JsonObject & { readonly type: string; readonly message: string };

interface Conditioned {
  readonly when: Expression | null;
  readonly retry: { readonly if: Expression | null };
}

/** What the conditions of a step read. The workflow evaluates them itself: of stored results these parts stay in its state. */
export function conditionUses({ when, retry }: Conditioned): readonly Use[] {
  return [...(when?.uses ?? []), ...(retry.if?.uses ?? [])];
}
