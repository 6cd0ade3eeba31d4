/**
 * Which values an expression gets: for the workflow's own evaluations a scope, for activities the values themselves,
 * inline while they are small and by reference beyond.
 */
import { WORKFLOW_COST } from '../../../expressions/index.ts';
import type { Address } from '../../../plan/address.ts';
import { jsonBytes, valueAt } from '../../../plan/json.ts';
import type { Json, JsonObject, Path } from '../../../plan/json.ts';
import type { Scope, ScopeStep, Use } from '../../../plan/template.ts';
import type { TemplateValues } from '../../../protocol/activity.ts';
import { seenError } from '../../../protocol/failure.ts';
import { INLINE_VALUES_BYTES, WORKFLOW_VALUES_BYTES, isBlobRef, keptKey } from '../../../protocol/values.ts';
import type { StepResult, SuppliedValue } from '../../../protocol/values.ts';
import type { Draft } from './draft.ts';
import { addressRead, specAt } from './scope.ts';
import type { RunState, StepState } from './state.ts';
import { since } from './versions.ts';

/** What errors may tell one activity in all: they stand inline, and its command must not become too large. */
const MAX_ERROR_BYTES = 256 * 1024;
/** Longest list that is rebuilt around a kept element. */
const MAX_KEPT_INDEX = 10_000;

/** A scope for the workflow's own evaluation, or why it cannot have one; and the units that making it took. */
type LocalScope = (
  | { readonly ok: true; readonly scope: Scope }
  | { readonly ok: false; readonly why: string }
) & { readonly cost: number };

/** Bytes of values that are measured for a unit. */
const MEASURED = 25;

/** The scope without any values: for expressions over constants, `run` and `error`. */
export function emptyScope(state: RunState): Scope {
  const { id, workflow } = state.run;
  return { inputs: {}, steps: {}, run: { id, workflow, version: state.plan?.version ?? '' } };
}

/**
 * Collects what `uses` name, as far as it is here. `ok: false` when something is only stored elsewhere or all of it
 * together is too large for the workflow; missing values are simply absent, which the expression itself reports.
 */
export function localScope(draft: Draft, uses: readonly Use[]): LocalScope {
  const cost = since(draft.state, 'counted_expressions') ? measuringCost(draft, uses) : 0;
  if (cost > WORKFLOW_COST) return { ok: false, why: 'its values are too large', cost };
  const inputs: Record<string, Json> = {};
  const steps: Record<string, ScopeStep> = {};
  for (const use of uses) {
    if (use.root === 'inputs') {
      const value = draft.state.inputs[use.name];
      if (isBlobRef(value)) return { ok: false, why: `input "${use.name}" is stored by reference`, cost };
      if (value !== undefined) inputs[use.name] = value;
      continue;
    }
    const address = addressRead(use);
    const step = draft.steps[address];
    if (step === undefined) continue;
    const seen: ScopeStep = (steps[use.name] ??= bareStep(step));
    if (use.field !== 'result' || step.result === undefined) continue;
    const found = resultPart(step.result, use.path, keptOf(draft, address), seen.result);
    if (found === undefined) return { ok: false, why: storedOnly(use.name, step), cost };
    steps[use.name] = { ...seen, result: found, output: found };
  }
  const results = Object.values(steps).map((step) => jsonBytes(step.result));
  const errors = uses.map((use) => errorBytes(draft, use));
  const bytes = [...results, ...errors].reduce((sum, size) => sum + size, jsonBytes(inputs));
  if (bytes > WORKFLOW_VALUES_BYTES) {
    return {
      ok: false,
      why: `its values together are ${bytes} bytes, the limit is ${WORKFLOW_VALUES_BYTES}`,
      cost,
    };
  }
  return { ok: true, scope: { ...emptyScope(draft.state), inputs, steps }, cost };
}

/** What it takes to put the values together and to measure them, told from the sizes that are known. */
function measuringCost(draft: Draft, uses: readonly Use[]): number {
  const steps = new Set(
    uses.flatMap((use) => (use.root === 'steps' && use.field === 'result' ? [addressRead(use)] : [])),
  );
  const inputs = new Set(uses.flatMap((use) => (use.root === 'inputs' ? [use.name] : [])));
  let bytes = 0;
  for (const name of steps) {
    const result = draft.steps[name]?.result;
    bytes += result?.value === undefined ? jsonBytes(result?.kept ?? {}) : result.bytes;
  }
  for (const name of inputs) bytes += jsonBytes(draft.state.inputs[name]);
  for (const use of uses) bytes += errorBytes(draft, use);
  const positions = uses.flatMap(({ path }) => path.map((part) => (typeof part === 'number' ? part : 0)));
  const filled = positions.reduce((sum, position) => sum + Math.min(position, MAX_KEPT_INDEX), 0);
  return uses.length + (bytes + filled) / MEASURED;
}

/** Of what an error tells, where it is read. */
function errorBytes(draft: Draft, use: Use): number {
  if (use.root !== 'steps' || use.field !== 'error') return 0;
  return jsonBytes(draft.steps[addressRead(use)]?.error?.data);
}

/** Nothing is kept of it: it was asked for nothing, or the state has given it up where it was too large to travel. */
function storedOnly(name: string, { keep }: StepState): string {
  const why = `the result of step "${name}" is stored by reference`;
  return keep?.length === 0
    ? `${why}, and nothing that conditions read is kept of it: let step "${name}" be done anew too`
    : why;
}

function keptOf(draft: Draft, key: Address): readonly Path[] {
  const wanted = specAt(draft, key)?.keep ?? [];
  const { keep, result } = draft.steps[key] ?? {};
  if (keep === undefined) return wanted;
  // A later turn of an agent was asked for what the edited plan wants.
  return [...keep, ...wanted.filter((path) => result?.kept?.[keptKey(path)] !== undefined)];
}

function bareStep(step: Pick<StepState, 'status' | 'error'>): Pick<ScopeStep, 'status' | 'error'> {
  const { status, error } = step;
  return { status, ...(error === undefined ? {} : { error: seenError(error) }) };
}

/**
 * The whole value, else the value rebuilt from kept parts; undefined when it is only stored elsewhere. A part that
 * its producer was asked to keep and did not find is missing, not elsewhere.
 */
function resultPart(
  result: StepResult,
  path: Path,
  keep: readonly Path[],
  sofar: Json | undefined,
): Json | undefined {
  if (result.value !== undefined) return result.value;
  const covering = keep.find((kept) => kept.every((part, i) => part === path[i]));
  if (covering === undefined) return undefined;
  const part = result.kept?.[keptKey(covering)];
  return part === undefined ? (sofar ?? {}) : withPart(sofar, covering, part);
}

/** `base` with `part` at `path`; lists are filled up with nulls. */
function withPart(base: Json | undefined, path: Path, part: Json): Json {
  const [first, ...rest] = path;
  if (first === undefined) return part;
  if (typeof first === 'number') {
    const list = Array.isArray(base) ? [...(base as Json[])] : [];
    while (list.length < Math.min(first, MAX_KEPT_INDEX)) list.push(null);
    list[first] = withPart(list[first], rest, part);
    return list;
  }
  const object =
    typeof base === 'object' && base !== null && !Array.isArray(base) ? (base as JsonObject) : {};
  return { ...object, [first]: withPart(valueAt(object, [first]), rest, part) };
}

/**
 * The values for an activity. Those that are stored go by reference as soon as all together would exceed 32 KB,
 * the largest first; what is not stored stays inline.
 */
export function suppliedValues(draft: Draft, uses: readonly Use[]): TemplateValues {
  const inputs: Record<string, SuppliedValue> = {};
  const steps: Record<string, TemplateValues['steps'][string]> = {};
  const budget = new InlineBudget(draft, uses);
  for (const use of uses) {
    if (use.root === 'inputs') {
      const value = draft.state.inputs[use.name];
      if (value !== undefined) inputs[use.name] = isBlobRef(value) ? { ref: value } : { value };
    } else {
      const step = draft.steps[addressRead(use)];
      if (step === undefined) continue;
      const wanted = use.field === 'result' && step.result !== undefined;
      steps[use.name] = {
        ...(steps[use.name] ?? bareStep(budget.withinErrors(step))),
        ...(wanted ? { result: budget.supply(use.name, step.result) } : {}),
      };
    }
  }
  return { inputs, steps };
}

/** Which of the stored results still go inline. */
class InlineBudget {
  private readonly byReference = new Set<string>();
  private errorBytes = 0;

  constructor(draft: Draft, uses: readonly Use[]) {
    const results = new Map<string, StepResult>();
    let total = 0;
    for (const use of uses) {
      if (use.root === 'inputs') {
        total += jsonBytes(draft.state.inputs[use.name]);
      } else if (use.field === 'result' && !results.has(use.name)) {
        const result = draft.steps[addressRead(use)]?.result;
        if (result === undefined) continue;
        results.set(use.name, result);
        total += result.bytes;
      }
    }
    const largest = [...results].sort(([a, x], [b, y]) => y.bytes - x.bytes || (a < b ? -1 : 1));
    for (const [name, result] of largest) {
      if (total <= INLINE_VALUES_BYTES) break;
      if (result.ref === undefined) continue;
      this.byReference.add(name);
      total -= result.bytes;
    }
  }

  /** The step, without what its error tells where that would be too much. */
  withinErrors(step: StepState): Pick<StepState, 'status' | 'error'> {
    const { status, error } = step;
    if (error?.data === undefined) return step;
    this.errorBytes += jsonBytes(error.data);
    const { data: _, ...bare } = error;
    return this.errorBytes > MAX_ERROR_BYTES ? { status, error: bare } : step;
  }

  supply(name: string, result: StepResult): SuppliedValue {
    if (result.value !== undefined && !this.byReference.has(name)) return { value: result.value };
    return result.ref === undefined ? { value: result.value ?? null } : { ref: result.ref };
  }
}
