/** Look-ups over a plan, computed once for each plan object. They go by paths, which know no items. */
import type { Plan, PlanPart, PlanStep } from '../../../plan/plan.ts';
import type { Use } from '../../../plan/template.ts';
import type { Draft } from './draft.ts';
import { kindOf } from './kind.ts';

export interface PlanIndex {
  /** The run's own steps by their keys. */
  readonly own: ReadonlyMap<string, PlanStep>;
  /** Those that go on by themselves, in plan order. */
  readonly moving: readonly PlanStep[];
  /** Those that may propose edits of the plan, in plan order. */
  readonly proposing: readonly PlanStep[];
  /** Those that people can talk to, in plan order. */
  readonly talking: readonly Talking[];
  /** Does any step run others inside? */
  readonly hasBodies: boolean;
  /** Every path. */
  readonly paths: ReadonlySet<string>;
  /** Paths of steps whose errors are read by others. */
  readonly errorsRead: ReadonlySet<string>;
  /** The paths of all steps that read something of the one at this path, and of those that run such steps inside. */
  readonly readers: (path: string) => ReadonlySet<string>;
  /** The paths of all steps that the one at this path depends on, directly or not. */
  readonly ancestors: (path: string) => ReadonlySet<string>;
}

/** A step that people can talk to, with the name that messages may use instead of its address. */
export interface Talking {
  readonly key: string;
  readonly name: string;
}

const NOBODY: ReadonlySet<string> = new Set();
const EMPTY: PlanIndex = {
  own: new Map(),
  moving: [],
  proposing: [],
  talking: [],
  hasBodies: false,
  paths: new Set(),
  errorsRead: new Set(),
  readers: () => NOBODY,
  ancestors: () => new Set(),
};
const cache = new WeakMap<Plan, PlanIndex>();

export function planIndex(draft: Pick<Draft, 'state' | 'kinds'>): PlanIndex {
  const { plan } = draft.state;
  if (plan === null) return EMPTY;
  const known = cache.get(plan);
  if (known !== undefined) return known;
  const index = newIndex(plan, draft);
  cache.set(plan, index);
  return index;
}

function newIndex(plan: Plan, draft: Pick<Draft, 'kinds'>): PlanIndex {
  const dependencies = new Map<string, readonly string[]>();
  eachStep(plan, '', (step, above) => {
    const beside = step.dependencies.map((key) => above + key);
    dependencies.set(above + step.key, beside);
  });
  const paths = new Set(dependencies.keys());
  return {
    own: new Map(plan.steps.map((step) => [step.key, step])),
    moving: movingAmong(draft, plan.steps),
    proposing: plan.steps.filter(({ edits }) => edits !== undefined),
    talking: talkingAmong(draft, plan.steps),
    hasBodies: plan.steps.some(({ body }) => body !== undefined),
    paths,
    errorsRead: errorsReadIn(plan, paths),
    readers: readersIn(plan, paths),
    ancestors: ancestorsBy(dependencies),
  };
}

export function movingAmong(draft: Pick<Draft, 'kinds'>, steps: readonly PlanStep[]): readonly PlanStep[] {
  return steps.filter((step) => kindOf(draft, step).moves !== undefined);
}

export function talkingAmong(draft: Pick<Draft, 'kinds'>, steps: readonly PlanStep[]): readonly Talking[] {
  return steps.flatMap((step) => {
    const { talks } = kindOf(draft, step);
    return talks === undefined ? [] : [{ key: step.key, name: talks.nameOf(step) }];
  });
}

/** @param above the path in front of the part's keys: empty, or with a `/` at its end */
function eachStep(part: PlanPart, above: string, visit: (step: PlanStep, above: string) => void): void {
  for (const step of part.steps) {
    visit(step, above);
    if (step.body !== undefined) eachStep(step.body, `${above}${step.key}/`, visit);
  }
}

function ancestorsBy(dependencies: ReadonlyMap<string, readonly string[]>): PlanIndex['ancestors'] {
  const known = new Map<string, ReadonlySet<string>>();
  const ancestors = (path: string): ReadonlySet<string> => {
    const found = known.get(path);
    if (found !== undefined) return found;
    const all = new Set<string>();
    for (const dependency of dependencies.get(path) ?? []) {
      all.add(dependency);
      for (const further of ancestors(dependency)) all.add(further);
    }
    known.set(path, all);
    return all;
  };
  return ancestors;
}

function errorsReadIn(plan: Plan, paths: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (uses: readonly Use[], above: string): void => {
    for (const use of uses)
      if (use.root === 'steps' && use.field === 'error') found.add(pathMeant(use.name, above, paths));
  };
  add(outputUses(plan), '');
  eachStep(plan, '', (step, above) => {
    add(usesOf(step), above);
    if (step.body !== undefined) add(outputUses(step.body), `${above}${step.key}/`);
  });
  return found;
}

/** Worked out when it is first asked for: hardly any run wants to know. */
function readersIn(plan: Plan, paths: ReadonlySet<string>): PlanIndex['readers'] {
  let known: Map<string, Set<string>> | undefined;
  return (path) => (known ??= allReaders(plan, paths)).get(path) ?? NOBODY;
}

function allReaders(plan: Plan, paths: ReadonlySet<string>): Map<string, Set<string>> {
  const readers = new Map<string, Set<string>>();
  const add = (reader: string, use: Use, above: string): void => {
    if (use.root !== 'steps') return;
    const read = pathMeant(use.name, above, paths);
    const all = readers.get(read) ?? new Set();
    readers.set(read, all.add(reader));
  };
  eachStep(plan, '', (step, above) => {
    const path = above + step.key;
    for (const use of usesOf(step)) for (const one of withRunners(path)) add(one, use, above);
    if (step.body !== undefined)
      for (const use of outputUses(step.body)) for (const one of withRunners(path)) add(one, use, `${path}/`);
  });
  return readers;
}

/** A step's path, and those of the steps that it runs in. */
function withRunners(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function usesOf({ uses, when, retry, onError }: PlanStep): readonly Use[] {
  const fallback = onError.action === 'fallback' ? onError.value.uses : [];
  return [...uses, ...(when?.uses ?? []), ...(retry.if?.uses ?? []), ...fallback];
}

const outputUses = ({ outputs }: PlanPart): readonly Use[] =>
  outputs.kind === 'template' ? outputs.template.uses : [];

/** Which step a name means: one beside the reader, else one beside a step around it. */
export function pathMeant(name: string, above: string, paths: ReadonlySet<string>): string {
  if (above === '' || paths.has(above + name)) return above + name;
  return pathMeant(name, above.slice(0, above.lastIndexOf('/', above.length - 2) + 1), paths);
}
