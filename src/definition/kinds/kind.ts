/**
 * What a kind of step is to whoever writes definitions. Nobody else asks which kind a step is of. The kinds of the product
 * are listed in index.ts; what they share, `when`, `on_error`, dependencies and so on, is compiled in steps/step.ts.
 */
import { z } from 'zod';
import type { Path } from '../../plan/json.ts';
import type { AnySpec, EditPolicy, RetryPolicy } from '../../plan/plan.ts';
import type { Agents } from '../agents/agents.ts';
import type { TemplateCompiler } from '../expressions/template.ts';
import { common } from '../fields/schema.ts';
import type { CommonShape } from '../fields/schema.ts';
import type { Problems } from '../text/problem.ts';

/** Where a step stands, and what its templates go through. */
export interface KindContext {
  readonly path: Path;
  readonly problems: Problems;
  readonly templates: TemplateCompiler;
  readonly agents: Agents;
  /** What the step may propose of the plan; null: nothing. */
  readonly edits: EditPolicy | null;
  /** Has the definition a workspace? */
  readonly workspace: boolean;
}

/**
 * @typeParam S what its steps are compiled to
 * @typeParam F what they may say
 */
export interface KindDefinition<S extends AnySpec = AnySpec, F extends CommonShape = CommonShape> {
  /** All fields of its steps: made by {@link stepSchema}. The one that tells the kind has its name. */
  readonly schema: z.ZodObject;
  /** Fields of all steps that do nothing at this kind, and why. */
  readonly withoutEffect: Readonly<Record<string, string>>;
  /** May its templates name secrets? Only activities know these. */
  readonly takesSecrets: boolean;
  /** `timeout` is not that of an attempt: the kind compiles it itself. */
  readonly timesItself: boolean;
  readonly retries: Retries;
  /** Its steps may propose edits where the definition lets all; those of other kinds where they say so themselves. */
  readonly proposes: boolean;
  /** The spec; null after problems that leave none. */
  compile(fields: F, context: KindContext): S | null;
  /** Do its steps work in the directory that a definition with a workspace has? */
  worksInWorkspace(spec: S, agents: Agents): boolean;
}

export interface Retries {
  /** What a step does that says nothing of `retry`, and what stands for whatever it leaves out. */
  readonly usual: RetryPolicy;
  /** Tries of a step that says of `retry` all but how many. */
  readonly attempts: number;
}

const ONCE: RetryPolicy = { attempts: 1, initialMs: 1_000, factor: 2, maxMs: 60_000, jitter: 0.2, if: null };

/** As most kinds are; what differs is for each to say. */
export const PLAIN = {
  withoutEffect: {},
  takesSecrets: false,
  timesItself: false,
  proposes: false,
  retries: { usual: ONCE, attempts: 3 },
  worksInWorkspace: () => false,
} as const satisfies Omit<KindDefinition, 'schema' | 'compile'>;

/** The fields of a kind beside those of every step. */
export function stepSchema<F extends z.ZodRawShape>(fields: F) {
  return z.strictObject({ ...common, ...fields });
}
