/** Compiles the steps of a definition together: keys, dependencies, order, and what they need of each other. */
import type { Json, Path } from '../../plan/json.ts';
import type { PlanStep } from '../../plan/plan.ts';
import { conditionUses } from '../../plan/template.ts';
import { hintFor } from '../hints/suggest.ts';
import { graphOf, type Graph } from '../graph/graph.ts';
import { faultOfStepKey, nameHint } from '../expressions/names.ts';
import { placeOfStep, type Names } from '../fields/place.ts';
import { pathText, type Problems } from '../text/problem.ts';
import { STAND_IN } from '../fields/shape.ts';
import type { Place } from '../expressions/expression-place.ts';
import { shapeStep } from './step-fields.ts';
import type { StepMemory } from './step-memory.ts';
import { compileStep, type CompiledStep, type Offers, type ShapedStep } from './step.ts';
import { mergedPaths } from '../expressions/uses.ts';

/** So many steps of a circle are named. */
const MAX_SHOWN = 20;

/** A value with its place. */
export type PlacedValue = readonly [path: Path, value: Json];

/** The steps in order, and every key that was given, also of steps that are wrong otherwise. */
export interface CompiledSteps {
  readonly steps: readonly PlanStep[];
  readonly keys: ReadonlySet<string>;
}

/** Compiles all steps; with problems the list is not complete. Names found in templates are added to `names`. */
export function compileSteps(
  values: readonly PlacedValue[],
  names: Names,
  offers: Offers,
  problems: Problems,
  memory: StepMemory,
): CompiledSteps {
  if (values.length === 0)
    problems.error('steps_empty', ['steps'], 'There are no steps.', 'Add at least one.', 'key');
  const shapes = values.flatMap(
    ([path, value]) =>
      memory.shape(value, path, problems, () => shapeStep(value, path, offers.kinds, problems)) ?? [],
  );
  const keyed = withKeys(shapes, names, problems);
  const keys = new Set(keyed.map(({ key }) => key).filter(isOwnKey));
  const shapedSteps = keyed.map((step) => ({
    ...step,
    dependencies: checkDependencies(step, keys, problems),
  }));
  const graph = graphOf(shapedSteps);
  if (graph.cycle !== null) reportCycle(graph.cycle, shapedSteps, problems);
  const compiled = shapedSteps.flatMap((step) => {
    const place = placeOfStep(step.key, keys, graph, names);
    const compile = (watched: Place) => compileStep(step, watched, offers, problems);
    return memory.compile(step, place, offers.agents, problems, compile) ?? [];
  });
  return { steps: problems.failed ? [] : inOrder(compiled, graph, memory), keys };
}

type Keyed = Omit<ShapedStep, 'dependencies'>;

/**
 * Every key once, well-formed; a name that is both a step's and an input's is the step's. A step without a key of its
 * own gets one that no expression can name.
 */
function withKeys(shapes: readonly Omit<Keyed, 'key'>[], names: Names, problems: Problems): readonly Keyed[] {
  const first = new Map<string, Path>();
  return shapes.map((shape) => {
    const { key } = shape.fields;
    const instead = { ...shape, key: pathText(shape.path) };
    if (key === STAND_IN) return instead;
    const at = [...shape.path, 'key'];
    const earlier = first.get(key);
    noteKey(key, earlier, at, names, problems);
    if (earlier !== undefined) return instead;
    first.set(key, shape.path);
    return { ...shape, key };
  });
}

const isOwnKey = (key: string): boolean => !key.includes('[');

function noteKey(key: string, earlier: Path | undefined, path: Path, names: Names, problems: Problems): void {
  const fault = key.includes('{{') ? null : faultOfStepKey(key);
  if (fault !== null) {
    const hint = nameHint(key, 'Choose another key.');
    problems.error('step_key_invalid', path, `The key ${JSON.stringify(key)} ${fault}.`, hint);
  }
  if (earlier !== undefined) {
    const hint = `Rename this one; the other is ${pathText(earlier)}.`;
    problems.error('step_key_duplicate', path, `There are two steps "${key}".`, hint);
  }
  if (!names.inputs.has(key)) return;
  const message = `"${key}" is a step and an input; alone it means the step.`;
  problems.warn('name_shadowed', path, message, `Write inputs.${key} for the input.`);
}

function checkDependencies({ key, fields, path }: Keyed, keys: ReadonlySet<string>, problems: Problems) {
  const good = new Set<string>();
  for (const [index, dependency] of (fields.dependencies ?? []).entries()) {
    const at = [...path, 'dependencies', index];
    if (dependency === key)
      problems.error('dependency_self', at, `The step "${key}" depends on itself.`, 'Remove it.');
    else if (!keys.has(dependency)) {
      if (!dependency.includes('{{')) unknownDependency(dependency, key, at, keys, problems);
    } else if (good.has(dependency)) {
      problems.warn('dependency_duplicate', at, `"${dependency}" stands here twice.`, 'Remove one.');
    } else good.add(dependency);
  }
  return [...good];
}

function unknownDependency(
  dependency: string,
  key: string,
  path: Path,
  keys: ReadonlySet<string>,
  problems: Problems,
): void {
  const others = () => [...keys].filter((other) => other !== key);
  const hint = () => hintFor(dependency, others(), 'There are no other steps.');
  problems.error('dependency_unknown', path, `There is no step "${dependency}" to depend on.`, hint);
}

function reportCycle(cycle: readonly string[], steps: readonly ShapedStep[], problems: Problems): void {
  const [from, to] = cycle;
  const step = steps.find(({ key }) => key === from);
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

function inOrder(compiled: readonly CompiledStep[], graph: Graph, memory: StepMemory): readonly PlanStep[] {
  const byKey = new Map(compiled.map((step) => [step.key, step]));
  const keep = keptPaths(compiled);
  return graph.order.flatMap((key) => {
    const step = byKey.get(key);
    return step === undefined ? [] : [memory.placed(step, graph.levels.get(key) ?? 0, keep.get(key) ?? [])];
  });
}

/** For each step the paths of its result that conditions of other steps read. */
function keptPaths(compiled: readonly CompiledStep[]): ReadonlyMap<string, readonly Path[]> {
  const paths = new Map<string, Path[]>();
  for (const step of compiled) {
    for (const use of conditionUses(step)) {
      if (use.root !== 'steps' || use.field !== 'result' || use.name === step.key) continue;
      const known = paths.get(use.name);
      if (known === undefined) paths.set(use.name, [use.path]);
      else known.push(use.path);
    }
  }
  return new Map([...paths].map(([key, all]) => [key, mergedPaths(all)]));
}
