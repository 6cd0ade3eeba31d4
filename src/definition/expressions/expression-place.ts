/** What an expression may name where it stands, and what can be wrong with it. */
import type { Path } from '../../plan/json.ts';
import type { InputSpec } from '../../plan/plan.ts';
import type { KnownNames } from './mask.ts';
import type { Hint } from '../text/problem.ts';
import type { Target } from '../text/source.ts';

/** Where an expression stands: what it may name there. */
export interface Place extends KnownNames {
  readonly inputs: ReadonlyMap<string, InputSpec>;
  /** The step it belongs to; null for outputs. */
  readonly step: string | null;
  /** True when the step may be read from here. */
  readonly isAncestor: (step: string) => boolean;
  /** True when the step itself waits for this one, so that it can never be a dependency. */
  readonly isDescendant: (step: string) => boolean;
  /** Takes a name that is no step as an input; null when inputs are declared. */
  readonly implicitInput: ((name: string) => void) | null;
  readonly secrets: boolean;
  /** `succeeded()`, `failed()`, `always()`. */
  readonly status: boolean;
  /** `error`, the failure to be judged. */
  readonly error: boolean;
  /** Where each input is read first; what is read is added. Null where none can be. */
  readonly firstUse: Map<string, Where> | null;
  /** A step that this agent works in. */
  readonly stepOfAgent: (agent: string) => string | undefined;
  /** The only root that may be named; null = all. */
  readonly only: 'inputs' | 'secrets' | null;
}

/** A place in the text. */
export interface Where {
  readonly path: Path;
  readonly target: Target;
}

export interface Fault {
  readonly code: string;
  readonly message: string;
  readonly hint?: Hint;
}
