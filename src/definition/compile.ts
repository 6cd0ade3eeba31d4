/**
 * From definition text to plan: parse, check everything, order the steps, compile every expression.
 *
 * The plan is complete, deeply frozen, with what the author named in his order, and the same (same hash) for the same
 * definition as YAML and as JSON, whatever that order. All errors come at once. Pure: no clock, no files, no network.
 */
import { canonicalObject } from '../plan/canonical.ts';
import { digestOf } from '../plan/digest.ts';
import { readJson, writeJson } from '../plan/exact-json.ts';
import { utf8Bytes, valueAt, type Json, type JsonObject } from '../plan/json.ts';
import type { NotifyRule, OutputSpec, Plan, PlanStep } from '../plan/plan.ts';
import { MAX_PLAN_BYTES } from '../protocol/envelope.ts';
import { Agents, type AgentFiles } from './agents/agents.ts';
import { durationOr } from './fields/durations.ts';
import { compileBound } from './fields/edits.ts';
import { MAX_INPUTS } from './text/effort.ts';
import { sinksOf } from './graph/graph.ts';
import { noteImplied, noteUnusedInputs } from './fields/implied-inputs.ts';
import { compileInputs, noteTooMany } from './fields/inputs.ts';
import { NO_LIMITS } from '../protocol/limits.ts';
import { compileLimits } from './fields/limits.ts';
import { noteUnknownReceivers } from './fields/receivers.ts';
import { listMeant } from './hints/foreign-words.ts';
import { faultOfWorkflowName, nameHint } from './expressions/names.ts';
import { parseDefinition, type ParseOptions } from './text/parse.ts';
import { placeOutside, type Names } from './fields/place.ts';
import { byPlace, Problems, type DefinitionProblem } from './text/problem.ts';
import { KINDS } from './kinds/index.ts';
import type { StepKinds } from './kinds/step-kinds.ts';
import { definitionSchema, type DefinitionShape } from './fields/schema.ts';
import { shaped, STAND_IN } from './fields/shape.ts';
import type { Source } from './text/source.ts';
import type { Offers } from './steps/step.ts';
import { deepFreeze, StepMemory, type FinishedStep } from './steps/step-memory.ts';
import { compileSteps, type PlacedValue } from './steps/steps.ts';
import { compileTemplate } from './expressions/template.ts';
import { compileWorkspace } from './steps/workspace.ts';

export type Compilation =
  | { readonly plan: Plan; readonly warnings: readonly DefinitionProblem[] }
  | { readonly errors: readonly DefinitionProblem[]; readonly warnings: readonly DefinitionProblem[] };

const VERSION = /^[A-Za-z0-9._+-]{1,64}$/;
const DEFAULT_VERSION = '1.0.0';
const DEFAULT_MAX_PARALLEL = 200;
/** Whoever looks at a run that has just ended finds it. */
const LEAST_RETENTION_MS = 3_600_000;
/** More steps than this are refused before anything else is looked at. */
const MAX_STEPS = 2_000;

export interface CompileOptions extends ParseOptions {
  /** Agents from files, by name. */
  readonly agents?: AgentFiles;
  /** Names of webhooks that `notify.to` may name; undefined: nobody knows them here. */
  readonly receivers?: readonly string[];
  /** What steps there are. @default those of the product */
  readonly kinds?: StepKinds;
  /** SHA-256 in hexadecimal. @default in JavaScript, which takes a while over large plans */
  readonly digest?: (text: string) => string;
  /** Warnings are not wanted: where they stand need not be found. */
  readonly quiet?: boolean;
}

/** Compiles a definition. Never throws for what the text says. */
export function compile(text: string, options: CompileOptions = {}): Compilation {
  const parsed = parseDefinition(text, options);
  if ('errors' in parsed) return { errors: parsed.errors, warnings: [] };
  const { source } = parsed;
  const problems = new Problems(source);
  const hasWorkspace = valueAt(source.value, ['workspace']) !== undefined;
  const agents = new Agents(valueAt(source.value, ['agents']), options.agents ?? {}, hasWorkspace, problems);
  const { kinds = KINDS } = options;
  const editNames = {
    kinds: kinds.names,
    declared: agents.declared(),
    isAgent: (name: string) => agents.names().includes(name),
  };
  const bound = compileBound(valueAt(source.value, ['edits']), editNames, problems);
  const offers = { agents, workspace: hasWorkspace, kinds, bound, editNames };
  const plan = planOf(source, offers, problems, options);
  if (options.receivers !== undefined)
    noteUnknownReceivers(plan?.notify?.to ?? [], options.receivers, problems);
  const errors = [...problems.errors, ...agents.fileErrors];
  if (options.quiet === true && plan !== null && errors.length === 0) return { plan, warnings: [] };
  const own = [...parsed.warnings, ...problems.warnings].toSorted(byPlace);
  const warnings = [...own, ...agents.fileWarnings];
  return plan === null || errors.length > 0 ? { errors, warnings } : { plan, warnings };
}

/** Whether a definition is good, and all that is wrong or doubtful about it. */
export function validateDefinition(text: string, options: CompileOptions = {}) {
  const result = compile(text, options);
  const errors = 'errors' in result ? result.errors : [];
  return { valid: errors.length === 0, errors, warnings: result.warnings };
}

function planOf(
  source: Source,
  offers: Offers,
  problems: Problems,
  { recall, agents = {}, digest = digestOf }: CompileOptions,
): Plan | null {
  const memory =
    recall?.stepsOf(offersText(source, agents), offers.kinds, () => new StepMemory()) ?? new StepMemory();
  const shape = shaped(definitionSchema, source.value, [], problems);
  const steps = stepsIn(fieldOf(source, 'steps', problems));
  if (steps !== null && steps.length > MAX_STEPS) {
    const message = `The definition has ${steps.length} steps; the limit is ${MAX_STEPS}.`;
    problems.error('too_many_steps', ['steps'], message, 'Split the workflow.', 'key');
    return null;
  }
  checkName(shape, problems);
  if (steps === null) return null;
  const declared = declaredInputs(fieldOf(source, 'inputs', problems));
  const names: Names = {
    inputs: compileInputs(declared ?? {}, problems),
    implicit: declared === null,
    firstUse: new Map(),
    stepsByAgent: stepsByAgent(steps),
  };
  const compiled = compileSteps(steps, names, offers, problems, memory);
  const workspace = compileWorkspace(valueAt(source.value, ['workspace']), compiled.keys, names, problems);
  if (shape === null) return null;
  // Steps that are proposed may name any of them.
  if (!compiled.steps.some(({ edits }) => edits !== undefined)) offers.agents.noteUnused();
  const outputs = outputsOf(shape, compiled, names, problems);
  noteImplied(names, compiled.keys, problems);
  noteUnusedInputs(names, problems);
  const retentionMs = durationOr(shape.retention, null, ['retention'], problems, LEAST_RETENTION_MS);
  const plan = {
    name: shape.name,
    version: versionOf(shape, problems),
    title: shape.title ?? null,
    description: shape.description ?? null,
    inputs: Object.fromEntries(names.inputs),
    steps: compiled.steps,
    outputs,
    failure: shape.failure ?? 'fast',
    scheduling: shape.scheduling ?? 'ready',
    maxParallel: shape.max_parallel ?? DEFAULT_MAX_PARALLEL,
    timeoutMs: durationOr(shape.timeout, null, ['timeout'], problems, 1),
    labels: shape.labels ?? {},
    agents: offers.agents.profiles(),
    limits: { ...NO_LIMITS, ...compileLimits(shape.limits, ['limits'], problems) },
    workspace,
    // What is as it would be anyway stands in no plan: it keeps the hash that it had before there was the field.
    ...(shape.checkpoints === undefined || shape.checkpoints === 'step'
      ? {}
      : { checkpoints: shape.checkpoints }),
    ...(retentionMs !== null && { retentionMs }),
    ...(shape.notify !== undefined && { notify: ruleOf(shape.notify) }),
    ...(offers.bound === null || offers.bound === 'never' ? {} : { edits: offers.bound }),
    ...(compiled.steps.some(namesAny) ? { declared: offers.agents.declared().toSorted() } : {}),
  } satisfies Omit<Plan, 'hash'>;
  if (names.inputs.size > MAX_INPUTS) noteTooMany(problems);
  return problems.failed ? null : finished(plan, problems, memory, digest);
}

/** All that steps go by beside themselves, but for the names of each other. */
function offersText({ value }: Source, files: AgentFiles): string {
  const members = ['agents', 'edits', 'inputs', 'workspace'].map((name) => valueAt(value, [name]) ?? null);
  return writeJson([members, files]);
}

/** Without a word on what: whatever needs people. */
const ruleOf = ({ on, to }: NonNullable<DefinitionShape['notify']>): NotifyRule => ({
  on: on ?? ['question', 'failure', 'budget'],
  to,
});

/** Steps that it proposes may name any agent that there is. */
const namesAny = ({ edits }: PlanStep): boolean => edits?.agents === null;

/** A field of the definition, under whatever word it stands. */
function fieldOf({ value }: Source, field: string, problems: Problems): Json | undefined {
  return valueAt(value, [problems.nameOf([field]) ?? field]);
}

/** The steps with their places; of a map, which is wrong, its members with their names as keys. */
function stepsIn(written: Json | undefined): readonly PlacedValue[] | null {
  if (Array.isArray(written)) return (written as Json[]).map((step, at) => [['steps', at], step]);
  if (!isMap(written) || Object.keys(written).length === 0) return null;
  return Object.entries(written).map(([key, step]) => [
    ['steps', key],
    isMap(step) && step['key'] === undefined ? { key, ...step } : step,
  ]);
}

/** What is declared; of a list, which is wrong, its names. Null without any declaration. */
function declaredInputs(inputs: Json | undefined): Readonly<Record<string, unknown>> | null {
  if (inputs === undefined) return null;
  if (Array.isArray(inputs))
    return Object.fromEntries((listMeant(inputs) ?? []).map((name) => [name, 'any']));
  return isMap(inputs) ? inputs : {};
}

function stepsByAgent(steps: readonly PlacedValue[]): ReadonlyMap<string, string> {
  const pairs = steps.map(([, step]) => [valueAt(step, ['agent']), valueAt(step, ['key'])]);
  return new Map(
    pairs.filter((pair): pair is [string, string] => pair.every((one) => typeof one === 'string')),
  );
}

function isMap(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkName(shape: DefinitionShape | null, problems: Problems): void {
  const name = shape?.name ?? STAND_IN;
  const fault = name === STAND_IN ? null : faultOfWorkflowName(name);
  if (fault === null) return;
  const message = `The name ${writeJson(name)} ${fault}.`;
  problems.error('name_invalid', ['name'], message, nameHint(name, 'Choose another name.'));
}

function versionOf(shape: DefinitionShape, problems: Problems): string {
  if (shape.version === undefined) {
    const message = `There is no version; ${DEFAULT_VERSION} is taken.`;
    problems.warn('version_missing', [], message, `Add version: ${DEFAULT_VERSION}.`);
    return DEFAULT_VERSION;
  }
  const { version } = shape;
  if (!VERSION.test(version)) {
    const message = `The version ${writeJson(version)} may hold letters, digits, ".", "_", "+" and "-" only.`;
    problems.error('version_invalid', ['version'], message, 'Write for example 1.0.0.');
  }
  return version;
}

function outputsOf(
  shape: DefinitionShape,
  { steps, keys }: ReturnType<typeof compileSteps>,
  names: Names,
  problems: Problems,
): OutputSpec {
  if (shape.outputs === undefined) return { kind: 'sinks', keys: sinksOf(steps) };
  const template = compileTemplate(shape.outputs as Json, ['outputs'], placeOutside(keys, names), problems);
  return { kind: 'template', template };
}

const LENGTH_OF_HASH = `"hash":"sha256:${'0'.repeat(64)}",`.length;

function finished(
  plan: Omit<Plan, 'hash'>,
  problems: Problems,
  memory: StepMemory,
  digest: (text: string) => string,
): Plan | null {
  const { steps } = plan;
  const others = writeJson({ ...plan, steps: [] });
  let bytes = utf8Bytes(others) + LENGTH_OF_HASH + Math.max(0, steps.length - 1);
  const done: FinishedStep[] = [];
  for (const step of steps) {
    // Steps that share a schema or a list of tools have it each in the plan: it may be a thousand times the text.
    const one = memory.finished(step, 2 * MAX_PLAN_BYTES - bytes);
    if (one === null) return tooLarge(`more than ${MAX_PLAN_BYTES}`, problems);
    bytes += one.bytes;
    done.push(one);
  }
  if (bytes > MAX_PLAN_BYTES) return tooLarge(String(bytes), problems);
  const texts = new Map([['steps', `[${done.map(({ canonical }) => canonical).join(',')}]`]]);
  const hash = `sha256:${digest(canonicalObject(plan as unknown as JsonObject, texts))}`;
  // In the author's order, and without members that are undefined.
  const read = readJson<Omit<Plan, 'hash'>>(others);
  return deepFreeze({ ...read, steps: done.map(({ step }) => step), hash });
}

function tooLarge(bytes: string, problems: Problems): null {
  const message = `The compiled plan has ${bytes} bytes; the limit is ${MAX_PLAN_BYTES}.`;
  const hint = 'Split the workflow, or hand large texts over as inputs.';
  problems.error('plan_too_large', ['steps'], message, hint, 'key');
  return null;
}
