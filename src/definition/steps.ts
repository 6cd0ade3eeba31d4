/** Compiles the steps of a definition together: keys, dependencies, order, and what they need of each other. */
import { valueAt, type Json, type Path } from '../plan/json.ts';
import type { PlanStep } from '../plan/plan.ts';
import type { Expression } from '../plan/template.ts';
import { hintFor } from './suggest.ts';
import { graphOf, type Graph } from './graph.ts';
import { faultOfStepKey } from './names.ts';
import { placeOfStep, type Names } from './place.ts';
import type { Problems } from './problem.ts';
import { compileStep, shapeStep, type CompiledStep, type Offers, type ShapedStep } from './step.ts';
import { mergedPaths } from './uses.ts';

/** So many steps of a circle are named. */
const MAX_SHOWN = 20;

/** The steps in order, and every key that was given, also of steps that are wrong otherwise. */
export interface CompiledSteps {
  readonly steps: readonly PlanStep[];
  readonly keys: ReadonlySet<string>;
}

/** Compiles all steps; with problems the list is not complete. Names found in templates are added to `names`. */
export function compileSteps(
  values: readonly Json[],
  names: Names,
  offers: Offers,
  problems: Problems,
): CompiledSteps {
  if (values.length === 0)
    problems.error('steps_empty', ['steps'], 'There are no steps.', 'Add at least one.', 'key');
  const keys = checkKeys(values, names, problems);
  const shapedSteps = values.flatMap((value, at) => {
    const path = ['steps', at];
    const step = shapeStep(value, path, problems);
    return step === null
      ? []
      : [{ ...step, dependencies: checkDependencies(step.fields, path, keys, problems) }];
  });
  const graph = graphOf(nodesOf(shapedSteps));
  if (graph.cycle !== null) reportCycle(graph.cycle, shapedSteps, problems);
  const compiled = shapedSteps.flatMap((step) => {
    const place = placeOfStep(step.fields.key, keys, graph, names);
    return compileStep(step, place, offers, problems) ?? [];
  });
  return { steps: problems.failed ? [] : inOrder(compiled, graph), keys };
}

/** Every key once, well-formed; a name that is both a step's and an input's is the step's. */
function checkKeys(values: readonly Json[], names: Names, problems: Problems): ReadonlySet<string> {
  const first = new Map<string, number>();
  for (const [at, value] of values.entries()) {
    const key = valueAt(value, ['key']);
    if (typeof key !== 'string') continue;
    const path: Path = ['steps', at, 'key'];
    const fault = faultOfStepKey(key);
    const earlier = first.get(key);
    if (fault !== null)
      problems.error(
        'step_key_invalid',
        path,
        `The key ${JSON.stringify(key)} ${fault}.`,
        'Choose another key.',
      );
    if (earlier !== undefined) {
      problems.error(
        'step_key_duplicate',
        path,
        `There are two steps "${key}".`,
        `Rename this one; the other is steps[${earlier}].`,
      );
    } else first.set(key, at);
    if (names.inputs.has(key)) {
      problems.warn(
        'name_shadowed',
        path,
        `"${key}" is a step and an input; alone it means the step.`,
        `Write inputs.${key} for the input.`,
      );
    }
  }
  return new Set(first.keys());
}

function checkDependencies(
  { key, dependencies = [] }: ShapedStep['fields'],
  path: Path,
  keys: ReadonlySet<string>,
  problems: Problems,
): readonly string[] {
  const good = new Set<string>();
  for (const [index, dependency] of dependencies.entries()) {
    const at = [...path, 'dependencies', index];
    if (dependency === key)
      problems.error('dependency_self', at, `The step "${key}" depends on itself.`, 'Remove it.');
    else if (!keys.has(dependency)) {
      const others = () => [...keys].filter((other) => other !== key);
      const hint = () => hintFor(dependency, others(), 'There are no other steps.');
      problems.error('dependency_unknown', at, `There is no step "${dependency}" to depend on.`, hint);
    } else if (good.has(dependency)) {
      problems.warn('dependency_duplicate', at, `"${dependency}" stands here twice.`, 'Remove one.');
    } else good.add(dependency);
  }
  return [...good];
}

/** Of steps with the same key the first counts; dependencies on steps that could not be read are left out. */
function nodesOf(steps: readonly ShapedStep[]) {
  const byKey = new Map(steps.toReversed().map((step) => [step.fields.key, step.dependencies]));
  return [...new Set(steps.map((step) => step.fields.key))].map((key) => ({
    key,
    dependencies: (byKey.get(key) ?? []).filter((dependency) => byKey.has(dependency)),
  }));
}

function reportCycle(cycle: readonly string[], steps: readonly ShapedStep[], problems: Problems): void {
  const [from, to] = cycle;
  const step = steps.find(({ fields }) => fields.key === from);
  const at = step?.fields.dependencies?.indexOf(to ?? '') ?? 0;
  const shown = cycle.length <= MAX_SHOWN ? cycle : [...cycle.slice(0, MAX_SHOWN), '…', from ?? ''];
  const message = `The steps wait for each other in a circle: ${shown.join(' → ')}.`;
  problems.error(
    'dependency_cycle',
    [...(step?.path ?? ['steps']), 'dependencies', at],
    message,
    'Remove one of these dependencies.',
  );
}

function inOrder(compiled: readonly CompiledStep[], graph: Graph): readonly PlanStep[] {
  const byKey = new Map(compiled.map((step) => [step.key, step]));
  const keep = keptPaths(compiled);
  return graph.order.flatMap((key) => {
    const step = byKey.get(key);
    return step === undefined
      ? []
      : [{ ...step, level: graph.levels.get(key) ?? 0, keep: keep.get(key) ?? [] }];
  });
}

/** For each step the paths of its result that conditions of other steps read. */
function keptPaths(compiled: readonly CompiledStep[]): ReadonlyMap<string, readonly Path[]> {
  const paths = new Map<string, Path[]>();
  for (const { key, when, retry } of compiled) {
    const conditions: readonly (Expression | null)[] = [when, retry.if];
    for (const use of conditions.flatMap((condition) => condition?.uses ?? [])) {
      if (use.root !== 'steps' || use.field !== 'result' || use.name === key) continue;
      const known = paths.get(use.name);
      if (known === undefined) paths.set(use.name, [use.path]);
      else known.push(use.path);
    }
  }
  return new Map([...paths].map(([key, all]) => [key, mergedPaths(all)]));
}
