/** Compiles one step: what all kinds share, and the kind's own part. */
import type { Json, Path } from '../../plan/json.ts';
import type { OnError, PlanStep, RetryPolicy, StepKind, StepSpec } from '../../plan/plan.ts';
import { worksInWorkspace } from '../agents/agent-spec.ts';
import { compileRetryIf, compileWhen } from '../expressions/condition.ts';
import { durationOr } from '../fields/durations.ts';
import { meaningOf } from '../hints/foreign-words.ts';
import { closest } from '../hints/suggest.ts';
import type { Place } from '../expressions/expression-place.ts';
import type { Problems } from '../text/problem.ts';
import {
  COMMON_FIELDS,
  fallbackSchema,
  kindlessSchema,
  KINDS,
  kindsWith,
  retrySchema,
  stepSchemas,
  WITHOUT_EFFECT,
  type StepShape,
} from '../schema.ts';
import { shaped } from '../fields/shape.ts';
import type { KindContext } from '../agents/kind-context.ts';
import { compileSpec } from './step-kinds.ts';
import { compileTemplate, TemplateCompiler } from '../expressions/template.ts';

/** A step whose fields have the right types. */
export interface ShapedStep {
  /** null when it does not say. */
  readonly kind: StepKind | null;
  readonly fields: StepShape;
  /** Its key, or what stands for it where it has none that is its own. */
  readonly key: string;
  readonly path: Path;
  /** Without those that were noted as problems, each once. */
  readonly dependencies: readonly string[];
}

/** Everything of a plan's step but its place in the graph and what others need of it. */
export type CompiledStep = Omit<PlanStep, 'level' | 'keep'>;

/** The fields of a step; null when it is no map of fields. What is wrong with them was noted. */
export function shapeStep(
  value: unknown,
  path: Path,
  problems: Problems,
): Omit<ShapedStep, 'dependencies' | 'key'> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const unspaced = typeof value === 'string' && /^[\w-]+:\S/.test(value);
    const hint = unspaced
      ? `A space is missing after the colon: ${value.slice(0, 60).replace(':', ': ')}`
      : 'Write - key: … and the fields below it.';
    problems.error('field_type', path, 'A step must be a map of fields.', hint);
    return null;
  }
  const kind = kindOf(value, path, problems);
  const schema = kind === null ? kindlessSchema : stepSchemas[kind];
  const explain = (name: string): string | null => belonging(name, kind);
  const fields = shaped(schema, value, path, problems, { explain });
  if (fields === null) return null;
  noteWithoutEffect(kind, fields, path, problems);
  return { kind, fields: fields as StepShape, path };
}

/** Says of a field which kinds of steps it belongs to. */
function belonging(field: string, kind: StepKind | null): string | null {
  const kinds = kindsWith(field);
  if (kind === null || kinds.length === 0) return null;
  return `It belongs to steps of kind ${kinds.join(' or ')}; this one is of kind ${kind}.`;
}

/** A field that does nothing would be believed to do something. */
function noteWithoutEffect(kind: StepKind | null, fields: object, path: Path, problems: Problems): void {
  if (kind === null) return;
  for (const [field, why] of Object.entries(WITHOUT_EFFECT[kind])) {
    if (!Object.hasOwn(fields, field)) continue;
    const message = `"${field}" has no effect on a step of kind ${kind}: ${why}.`;
    problems.error('field_without_effect', [...path, field], message, 'Leave it out.', 'key');
  }
}

/** No kind at all, or a misspelt one: then the field that was meant is pointed at. */
function noteMissingKind(value: object, path: Path, problems: Problems): void {
  const isMeant = (name: string): boolean =>
    !COMMON_FIELDS.has(name) &&
    kindsWith(name).length === 0 &&
    (closest(name, KINDS) !== undefined || isKind(meaningOf(name, null, KINDS, new Set(KINDS))?.field ?? ''));
  // It is told as a field that is unknown.
  if (Object.keys(value).some(isMeant)) return;
  const hint = Object.hasOwn(value, 'prompt')
    ? 'A prompt belongs to an agent: add agent: NAME.'
    : `Add one of ${KINDS.join(', ')}.`;
  problems.error('step_kind_missing', path, 'This step does not say what it does.', hint);
}

function kindOf(value: object, path: Path, problems: Problems): StepKind | null {
  const found = Object.keys(value).filter(isKind);
  const [kind] = found;
  if (kind !== undefined && found.length === 1) return kind;
  if (kind === undefined) {
    noteMissingKind(value, path, problems);
    return null;
  }
  const message = `This step is of several kinds at once: ${found.join(', ')}.`;
  problems.error('step_kind_ambiguous', [...path, found[1] ?? kind], message, 'Make a step of each.', 'key');
  return null;
}

const isKind = (field: string): field is StepKind => (KINDS as readonly string[]).includes(field);

/** What a definition offers to all of its steps. */
export type Offers = Pick<KindContext, 'agents' | 'workspace'>;

/** The step as the plan has it; null after problems that leave nothing to say. */
export function compileStep(
  step: ShapedStep,
  place: Place,
  offers: Offers,
  problems: Problems,
): CompiledStep | null {
  const { kind, fields, path } = step;
  const usesSecrets = kind === 'http' || kind === 'command';
  const templates = new TemplateCompiler({ ...place, secrets: usesSecrets }, problems);
  const context = { path, problems, templates, ...offers };
  const spec = kind === null ? compileKindless(fields, context) : compileSpec(fields, context);
  const when =
    fields.when === undefined ? null : compileWhen(fields.when, [...path, 'when'], place, problems);
  const retry = compileRetry(step, place, problems);
  const onError = compileOnError(fields, path, place, problems);
  if (spec === null || kind === null) return null;
  const workspace = needsWorkspace(spec, offers);
  if (workspace) refuseCapability(fields, path, problems);
  return {
    key: step.key,
    title: fields.title ?? step.key,
    kind,
    dependencies: step.dependencies,
    when,
    parallel: fields.parallel ?? true,
    // The time of a question is its own: it counts while nobody works.
    timeoutMs: kind === 'ask' ? null : durationOr(fields.timeout, null, [...path, 'timeout'], problems, 1),
    retry,
    onError,
    capability: fields.capability ?? null,
    spec,
    workspace,
    uses: templates.uses,
  };
}

/** Of a step that does not say what it does only its prompt can be looked at. */
function compileKindless(fields: object, { path, templates }: KindContext): null {
  const prompt = 'prompt' in fields ? fields.prompt : undefined;
  if (typeof prompt === 'string') templates.node(prompt, [...path, 'prompt']);
  return null;
}

function needsWorkspace(spec: StepSpec, { agents, workspace }: Offers): boolean {
  if (!workspace) return false;
  return (
    spec.kind === 'command' || (spec.kind === 'agent' && worksInWorkspace(spec, agents.named(spec.agent)))
  );
}

/** One task queue cannot be two. */
function refuseCapability(fields: StepShape, path: Path, problems: Problems): void {
  if (fields.capability === undefined) return;
  const message = 'This step works in the workspace, so it goes to the worker that holds it.';
  const hint = 'Leave the capability out, or move what needs it to a step without tools of the workspace.';
  problems.error('workspace_capability', [...path, 'capability'], message, hint);
}

const ONCE: RetryPolicy = { attempts: 1, initialMs: 1_000, factor: 2, maxMs: 60_000, jitter: 0.2, if: null };
/** One vendor's bad minute must not end an agent's long work: the tries are for each turn anew. */
const PER_TURN: RetryPolicy = { ...ONCE, attempts: 4, initialMs: 2_000 };
const DEFAULT_ATTEMPTS = 3;

/** A bare number means attempts. */
function compileRetry({ kind, fields, path }: ShapedStep, place: Place, problems: Problems): RetryPolicy {
  const at = [...path, 'retry'];
  const [usual, attempts] = kind === 'agent' ? [PER_TURN, PER_TURN.attempts] : [ONCE, DEFAULT_ATTEMPTS];
  const value = fields.retry;
  if (value === undefined) return usual;
  const short = typeof value === 'number';
  const retry = shaped(retrySchema, short ? { attempts: value } : value, at, problems);
  if (retry === null) return usual;
  const initialMs = durationOr(retry.initial, usual.initialMs, [...at, 'initial'], problems);
  const maxMs = durationOr(retry.max, Math.max(usual.maxMs, initialMs), [...at, 'max'], problems);
  if (retry.max !== undefined && maxMs < initialMs) {
    const message = '"max" is less than "initial", so that no wait is as long as "initial" says.';
    problems.error('field_value', [...at, 'max'], message, 'Raise max, or leave it out.');
  }
  return {
    attempts: retry.attempts ?? attempts,
    initialMs,
    factor: retry.factor ?? usual.factor,
    maxMs,
    jitter: retry.jitter ?? usual.jitter,
    if: retry.if === undefined ? null : compileRetryIf(retry.if, [...at, 'if'], place, problems),
  };
}

function compileOnError(fields: StepShape, path: Path, place: Place, problems: Problems): OnError {
  const name = fields.onError === undefined ? 'on_error' : 'onError';
  const at = [...path, name];
  const value = fields[name];
  if (fields.onError !== undefined && fields.on_error !== undefined) {
    problems.error(
      'field_duplicate',
      [...path, 'on_error'],
      'onError and on_error are the same field.',
      'Keep one of them.',
      'key',
    );
  }
  if (value === undefined || value === 'fail') return { action: 'fail' };
  if (value === 'continue') return { action: 'continue' };
  if (typeof value !== 'object' || value === null) {
    const hint = 'Write fail, continue or {fallback: value}.';
    problems.error('field_value', at, `"${name}" must be fail, continue or a fallback.`, hint);
    return { action: 'fail' };
  }
  const shape = shaped(fallbackSchema, value, at, problems);
  if (shape === null) return { action: 'fail' };
  return {
    action: 'fallback',
    value: compileTemplate(shape.fallback as Json, [...at, 'fallback'], { ...place, error: true }, problems),
  };
}
