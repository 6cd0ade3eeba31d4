/** Compiles one step: what all kinds share, and the kind's own part. */
import type { Json, Path } from '../../plan/json.ts';
import type { EditPolicy, OnError, PlanStep, RetryPolicy, StepSpec } from '../../plan/plan.ts';
import { compileRetryIf, compileWhen } from '../expressions/condition.ts';
import { durationOr } from '../fields/durations.ts';
import { compileStepEdits, type EditNames, type EditsBound } from '../fields/edits.ts';
import type { Place } from '../expressions/expression-place.ts';
import type { Problems } from '../text/problem.ts';
import { fallbackSchema, retrySchema, type CommonShape } from '../fields/schema.ts';
import { shaped } from '../fields/shape.ts';
import type { StepFields } from './step-fields.ts';
import { PLAIN } from '../kinds/kind.ts';
import type { KindContext, KindDefinition, Retries } from '../kinds/kind.ts';
import type { StepKinds } from '../kinds/step-kinds.ts';
import { compileTemplate, TemplateCompiler } from '../expressions/template.ts';

/** A step whose fields have the right types. */
export interface ShapedStep extends StepFields {
  /** Its key, or what stands for it where it has none that is its own. */
  readonly key: string;
  /** Without those that were noted as problems, each once. */
  readonly dependencies: readonly string[];
}

/** Everything of a plan's step but its place in the graph and what others need of it. */
export type CompiledStep = Omit<PlanStep, 'level' | 'keep'>;

/** What a definition offers to all of its steps. */
export interface Offers extends Pick<KindContext, 'agents' | 'workspace'> {
  readonly kinds: StepKinds;
  /** What all steps may propose of the plan. */
  readonly bound: EditsBound;
  readonly editNames: EditNames;
}

/** The step as the plan has it; null after problems that leave nothing to say. */
export function compileStep(
  step: ShapedStep,
  place: Place,
  offers: Offers,
  problems: Problems,
): CompiledStep | null {
  const { kind, fields, path } = step;
  const definition = kind === null ? undefined : offers.kinds.byName[kind];
  const secrets = definition?.takesSecrets === true;
  const templates = new TemplateCompiler({ ...place, secrets }, problems);
  const edits = compileEdits(step, definition, offers, problems);
  const context = { path, problems, templates, edits, ...offers };
  // A plan's type knows the specs of the product's kinds only.
  const spec = (definition?.compile(fields, context) ?? null) as StepSpec | null;
  if (definition === undefined) compileKindless(fields, context);
  const when =
    fields.when === undefined ? null : compileWhen(fields.when, [...path, 'when'], place, problems);
  const retry = compileRetry(step, definition?.retries ?? PLAIN.retries, place, problems);
  const onError = compileOnError(fields, path, place, problems);
  if (spec === null || definition === undefined) return null;
  const workspace = offers.workspace && definition.worksInWorkspace(spec, offers.agents);
  if (workspace) refuseCapability(fields, path, problems);
  return {
    key: step.key,
    title: fields.title ?? step.key,
    kind: spec.kind,
    dependencies: step.dependencies,
    when,
    parallel: fields.parallel ?? true,
    timeoutMs: definition.timesItself
      ? null
      : durationOr(fields.timeout, null, [...path, 'timeout'], problems, 1),
    retry,
    onError,
    capability: fields.capability ?? null,
    spec,
    workspace,
    uses: templates.uses,
    // What nobody has said stands in no plan: it keeps the hash that it had before there was the field.
    ...(edits === null ? {} : { edits }),
    ...(fields.idempotent === undefined ? {} : { idempotent: fields.idempotent }),
  };
}

/** What it may propose. Where the field has no effect, that has been said. */
function compileEdits(
  { fields, path }: ShapedStep,
  definition: KindDefinition | undefined,
  { bound, editNames }: Offers,
  problems: Problems,
): EditPolicy | null {
  if (definition === undefined || Object.hasOwn(definition.withoutEffect, 'edits')) return null;
  const inherits = definition.proposes;
  return compileStepEdits(fields.edits, path, { bound, inherits }, editNames, problems);
}

/** Of a step that does not say what it does only its prompt can be looked at. */
function compileKindless(fields: object, { path, templates }: KindContext): void {
  const prompt = 'prompt' in fields ? fields.prompt : undefined;
  if (typeof prompt === 'string') templates.node(prompt, [...path, 'prompt']);
}

/** One task queue cannot be two. */
function refuseCapability(fields: CommonShape, path: Path, problems: Problems): void {
  if (fields.capability === undefined) return;
  const message = 'This step works in the workspace, so it goes to the worker that holds it.';
  const hint = 'Leave the capability out, or move what needs it to a step without tools of the workspace.';
  problems.error('workspace_capability', [...path, 'capability'], message, hint);
}

/** A bare number means attempts. */
function compileRetry(
  { fields, path }: ShapedStep,
  { usual, attempts }: Retries,
  place: Place,
  problems: Problems,
): RetryPolicy {
  const at = [...path, 'retry'];
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

function compileOnError(fields: CommonShape, path: Path, place: Place, problems: Problems): OnError {
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
