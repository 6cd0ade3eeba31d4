/**
 * Scopes: the run itself, and what its steps run inside, one scope an item or round.
 *
 *     (opened by its step) ──▶ open ──(all its steps are settled)──▶ ended ──(the next task)──▶ swept
 *
 * A scope has its part of the plan, its values, its window, its failure rule and the step that it belongs to. Its steps
 * are *placed*: their keys and the keys of what they depend on are addresses, and what they read of steps is found by
 * scope, the nearest first. So whoever works on a step never asks where it stands. The run's own steps are those of the
 * plan as they are.
 *
 * An ended scope stands in exactly one state that is sealed, so that whoever compares two states sees how it ended.
 */
import { childOf, keyOf, parentOf, pathOf } from '../../../plan/address.ts';
import type { Address } from '../../../plan/address.ts';
import type { OutputSpec, Plan, PlanPart, PlanStep } from '../../../plan/plan.ts';
import { stepAt } from '../../../plan/step-at.ts';
import type { Use } from '../../../plan/template.ts';
import { hasOpenActivity, stepOf } from './draft.ts';
import type { Draft } from './draft.ts';
import { movingAmong, pathMeant, planIndex, talkingAmong } from './plan-index.ts';
import type { Talking } from './plan-index.ts';
import { isSettled } from './state.ts';
import type { RunState, ScopeState, ScopeTally } from './state.ts';

export interface Scope {
  /** null: the run itself. */
  readonly address: Address | null;
  readonly part: PlanPart;
  /** The first failure in it that nobody tolerated. */
  readonly failure: RunState['failure'];
}

const NOTHING: PlanPart = {
  steps: [],
  outputs: { kind: 'sinks', keys: [] },
  failure: 'fast',
  scheduling: 'ready',
  maxParallel: 1,
};

export function rootOf({ state: { plan, failure } }: Draft): Scope {
  return { address: null, part: plan ?? NOTHING, failure };
}

/** The run, then its scopes, outer ones before inner, else in the order in which they were opened. */
export function scopesOf(draft: Draft): readonly Scope[] {
  return [rootOf(draft), ...Object.keys(draft.scopes).flatMap((address) => scopeAt(draft, address) ?? [])];
}

export function scopeAt(draft: Draft, address: Address): Scope | undefined {
  const { scopes } = draft;
  const state = Object.hasOwn(scopes, address) ? scopes[address] : undefined;
  if (state === undefined || draft.state.plan === null) return undefined;
  return { address, part: placedPart(draft, draft.state.plan, address, state), failure: state.failure };
}

function hasScopes({ scopes }: Draft): boolean {
  for (const _ in scopes) return true;
  return false;
}

/** The scope that a step stands in. */
export function scopeAround(draft: Draft, step: Address): Scope {
  const above = hasScopes(draft) ? parentOf(step) : null;
  return (above === null ? undefined : scopeAt(draft, above)) ?? rootOf(draft);
}

/** The step at an address that the run has now, as it stands in its scope. */
export function specAt(draft: Draft, address: Address): PlanStep | undefined {
  const own = planIndex(draft).own.get(address);
  return own ?? scopeAround(draft, address).part.steps.find(({ key }) => key === address);
}

/** @throws Error where the run has no such step */
export function stepSpec(draft: Draft, address: Address): PlanStep {
  const step = specAt(draft, address);
  if (step === undefined) throw new Error(`the run has no step ${address}`);
  return step;
}

/** The step that runs a scope; undefined for the run itself. */
export function runnerOf(draft: Draft, { address }: Scope): PlanStep | undefined {
  const owner = address === null ? null : parentOf(address);
  return owner === null ? undefined : specAt(draft, owner);
}

/** Every step that the run has now: the plan's, and those of scopes. */
export function planSteps(draft: Draft): readonly PlanStep[] {
  return scopesOf(draft).flatMap(({ part }) => part.steps);
}

/** Those that go on by themselves. */
export function movingSteps(draft: Draft): readonly PlanStep[] {
  const { moving, hasBodies } = planIndex(draft);
  return hasBodies ? movingAmong(draft, planSteps(draft)) : moving;
}

/** Those that may propose edits of the plan. */
export function proposingSteps(draft: Draft): readonly PlanStep[] {
  const { proposing, hasBodies } = planIndex(draft);
  return hasBodies ? planSteps(draft).filter(({ edits }) => edits !== undefined) : proposing;
}

/** Those that people can talk to. */
export function talkingSteps(draft: Draft): readonly Talking[] {
  const { talking, hasBodies } = planIndex(draft);
  return hasBodies ? talkingAmong(draft, planSteps(draft)) : talking;
}

/** The addresses of all steps that one depends on, directly or not. */
export function ancestorsOf(draft: Draft, step: Address): readonly Address[] {
  const { address } = scopeAround(draft, step);
  const { ancestors } = planIndex(draft);
  if (address === null) return [...ancestors(step)];
  return [...ancestors(pathOf(step))].map((path) => childOf(address, keyOf(path)));
}

/** Do other steps read the error of this one? */
export function isErrorRead(draft: Draft, step: Address): boolean {
  const isOwn = scopeAround(draft, step).address === null;
  return planIndex(draft).errorsRead.has(isOwn ? step : pathOf(step));
}

/** True while a scope of the step has not ended. */
export function hasOpenScopes(draft: Draft, step: Address): boolean {
  return openScopesOf(draft.steps[step]?.tally) > 0;
}

export function openScopesOf(tally: ScopeTally | undefined): number {
  return tally === undefined ? 0 : tally.begun - tally.good - tally.bad;
}

/** What a placed step reads of another, with the address at which that stands. */
type PlacedUse = Use & { readonly at?: Address };

/** Where a step stands that is read under a name. */
export function addressRead(use: Use & { readonly root: 'steps' }): Address {
  return (use as PlacedUse).at ?? use.name;
}

/** The whole result of the step at an address, read under a name. */
export function resultRead(name: string, at: Address): Use {
  const use: PlacedUse = { root: 'steps', name, field: 'result', path: [], ...(name === at ? {} : { at }) };
  return use;
}

const placedParts = new WeakMap<ScopeState, { readonly plan: Plan; readonly part: PlanPart }>();

function placedPart(draft: Draft, plan: Plan, scope: Address, state: ScopeState): PlanPart {
  const known = placedParts.get(state);
  if (known?.plan === plan) return known.part;
  const part = place(plan, scope, planIndex(draft).paths);
  placedParts.set(state, { plan, part });
  return part;
}

function place(plan: Plan, scope: Address, paths: ReadonlySet<string>): PlanPart {
  const body = stepAt(plan, scope)?.body;
  if (body === undefined) return NOTHING;
  const path = `${pathOf(scope)}/`;
  const placedUses = (uses: readonly Use[]): readonly PlacedUse[] =>
    uses.map((use) =>
      use.root === 'steps' ? { ...use, at: addressIn(scope, pathMeant(use.name, path, paths)) } : use,
    );
  return {
    ...body,
    steps: body.steps.map((step) => placedStep(step, scope, placedUses)),
    outputs: placedOutputs(body.outputs, scope, placedUses),
  };
}

/** The address of what stands at a path, seen from inside a scope. */
function addressIn(scope: Address, path: string): Address {
  const parts = scope.split('/');
  const above = path.split('/').length - 1;
  return above === 0 ? path : childOf(parts.slice(0, above).join('/'), keyOf(path));
}

type Placing = (uses: readonly Use[]) => readonly PlacedUse[];

function placedStep(step: PlanStep, scope: Address, placed: Placing): PlanStep {
  const { when, retry, onError } = step;
  return {
    ...step,
    key: childOf(scope, step.key),
    dependencies: step.dependencies.map((key) => childOf(scope, key)),
    uses: placed(step.uses),
    when: when === null ? null : { ...when, uses: placed(when.uses) },
    retry: { ...retry, if: retry.if === null ? null : { ...retry.if, uses: placed(retry.if.uses) } },
    onError:
      onError.action === 'fallback'
        ? { ...onError, value: { ...onError.value, uses: placed(onError.value.uses) } }
        : onError,
  };
}

function placedOutputs(outputs: OutputSpec, scope: Address, placed: Placing): OutputSpec {
  if (outputs.kind === 'sinks')
    return { kind: 'sinks', keys: outputs.keys.map((key) => childOf(scope, key)) };
  const { node, uses } = outputs.template;
  return { kind: 'template', template: { node, uses: placed(uses) } };
}

/** True once nothing more will happen in it. */
export function isOver(draft: Draft, { part }: Scope): boolean {
  return part.steps.every(({ key }) => isSettled(stepOf(draft, key).status) && !hasOpenActivity(draft, key));
}

/** The state without scopes that have ended, and their steps. */
export function swept(state: RunState): RunState {
  return without(state, ({ ended }) => ended === true);
}

/** The state of the run's own steps only. */
export function withoutScopes(state: RunState): RunState {
  return without(state, () => true);
}

/** Itself when there is nothing to leave out. */
function without(state: RunState, isGone: (scope: ScopeState) => boolean): RunState {
  if (state.scopes === undefined) return state;
  const { scopes, ...rest } = state;
  const gone = new Set(
    Object.entries(scopes).flatMap(([address, scope]) => (isGone(scope) ? [address] : [])),
  );
  if (gone.size === 0) return state;
  const isLeft = (address: Address | null): boolean => address === null || !gone.has(address);
  const left = Object.entries(scopes).filter(([address]) => isLeft(address));
  const steps = Object.fromEntries(Object.entries(state.steps).filter(([key]) => isLeft(parentOf(key))));
  return { ...rest, steps, ...(left.length === 0 ? {} : { scopes: Object.fromEntries(left) }) };
}
