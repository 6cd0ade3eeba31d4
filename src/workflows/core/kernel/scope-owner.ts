/** What a kind says of the scopes that its steps run; their life stands in steps/scopes.ts. */
import type { Index } from '../../../plan/address.ts';
import type { AnySpec, PlanStep } from '../../../plan/plan.ts';
import type { SuppliedValue } from '../../../protocol/values.ts';
import type { Draft } from './draft.ts';
import type { Scope } from './scope.ts';
import type { ScopeState } from './state.ts';

export interface ScopeOwner<S extends AnySpec = AnySpec> {
  /** The scope that begins next; null: there is none, whether for now or for good. Asked as often as there is room. */
  next(draft: Draft, step: PlanStep<S>): NextScope | null;
  /** A scope has ended. What is to stay of it goes into the state of its step. */
  take(draft: Draft, step: PlanStep<S>, ended: EndedScope): void;
  /** There is no next, and all have ended: settles the step. */
  finish(draft: Draft, step: PlanStep<S>): void;
}

type NextScope = Pick<ScopeState, 'index' | 'item'>;

interface EndedScope {
  readonly scope: Scope;
  readonly index: Index;
  readonly item: SuppliedValue;
  /** Nothing in it failed that nobody tolerated, and nothing was stopped. */
  readonly isGood: boolean;
}
