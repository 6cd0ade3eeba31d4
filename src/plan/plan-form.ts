/**
 * The form of a plan, for whoever is handed one that it did not compile itself: that every member is there and of its
 * kind, and that steps stand after what they depend on.
 */
import * as v from 'valibot';
import {
  condition,
  count,
  countOrNull,
  expression,
  flag,
  formFault,
  json,
  limits,
  node,
  nodeOrNull,
  nodes,
  oneOf,
  path,
  template,
  text,
  textOrNull,
  texts,
  uses,
} from './forms.ts';
import type { Form } from './forms.ts';
import type {
  AgentProfile,
  AnySpec,
  EditPolicy,
  McpServerSpec,
  OnError,
  OutputSpec,
  Plan,
  PlanBody,
  PlanPart,
  PlanStep,
  RetryPolicy,
  WorkspaceSpec,
} from './plan.ts';

const mcpServer: Form<McpServerSpec> = oneOf('transport', [
  v.object({ transport: v.literal('stdio'), argv: texts, env: nodes }),
  v.object({ transport: v.literal('http'), url: text, headers: nodes }),
]);
const profile: Form<AgentProfile> = v.object({
  purpose: text,
  system: text,
  mcp: v.record(text, mcpServer),
});

const snapshots = v.exactOptional(v.literal(true));
const workspace: Form<WorkspaceSpec> = oneOf('source', [
  v.object({ source: v.literal('empty'), uses, snapshots }),
  v.object({ source: v.literal('git'), uses, snapshots, url: node, ref: nodeOrNull }),
]);

const inputSpec = v.object({
  type: v.picklist(['string', 'number', 'integer', 'boolean', 'object', 'array', 'any']),
  required: flag,
  default: v.exactOptional(json),
  enum: v.exactOptional(v.array(json)),
  description: textOrNull,
});

const outputs: Form<OutputSpec> = oneOf('kind', [
  v.object({ kind: v.literal('sinks'), keys: texts }),
  v.object({ kind: v.literal('template'), template }),
]);

const retry: Form<RetryPolicy> = v.object({
  attempts: v.number(),
  initialMs: v.number(),
  factor: v.number(),
  maxMs: v.number(),
  jitter: v.number(),
  if: v.nullable(v.object(expression)),
});

const onError: Form<OnError> = oneOf('action', [
  v.object({ action: v.literal('fail') }),
  v.object({ action: v.literal('continue') }),
  v.object({ action: v.literal('fallback'), value: template }),
]);

const edits: Form<EditPolicy> = v.object({
  policy: v.picklist(['ask', 'auto']),
  maxSteps: count,
  kinds: texts,
  agents: v.nullable(texts),
  approvers: v.exactOptional(texts),
});

/** Valibot chooses among objects by a literal; that each spec form has its own, their types do not say. */
type KindForms = [v.ObjectSchema<{ readonly kind: v.LiteralSchema<string, undefined> }, undefined>];

/** The form of plans whose steps are of these kinds. */
export function planFormOf(specs: Readonly<Record<string, Form<AnySpec>>>): Form<Plan> {
  const step: Form<PlanStep<AnySpec>> = v.object({
    key: text,
    title: text,
    kind: v.picklist(Object.keys(specs)),
    level: count,
    dependencies: texts,
    when: v.nullable(condition),
    parallel: flag,
    timeoutMs: countOrNull,
    retry,
    onError,
    capability: textOrNull,
    spec: oneOf('kind', Object.values(specs) as unknown as KindForms),
    workspace: flag,
    uses,
    keep: v.array(path),
    body: v.exactOptional(v.lazy((): Form<PlanBody> => body)),
    edits: v.exactOptional(edits),
    idempotent: v.exactOptional(flag),
  });
  const most = v.pipe(count, v.minValue(1));
  const part = {
    // A plan's type knows the specs of the product's kinds only.
    steps: v.array(step as Form<PlanStep>),
    outputs,
    failure: v.picklist(['fast', 'finish']),
    scheduling: v.picklist(['ready', 'level']),
    maxParallel: most,
  } as const;
  const body: Form<PlanBody> = v.object({ ...part, window: most });
  return v.object({
    name: text,
    version: text,
    hash: text,
    title: textOrNull,
    description: textOrNull,
    inputs: v.record(text, inputSpec),
    ...part,
    timeoutMs: countOrNull,
    labels: v.record(text, text),
    agents: v.record(text, profile),
    limits,
    workspace: v.nullable(workspace),
    checkpoints: v.exactOptional(v.picklist(['level', 'none'])),
    retentionMs: v.exactOptional(count),
    notify: v.exactOptional(v.object({ on: texts, to: texts })),
    edits: v.exactOptional(edits),
    declared: v.exactOptional(texts),
  });
}

/** What is wrong with a value that should be a plan of that form; null when it is one. */
export function planFault(value: unknown, form: Form<Plan>): string | null {
  return formFault(form, value) ?? orderFault(value as Plan);
}

/**
 * Each step once, its spec of its kind, after all that it depends on: otherwise it would never become ready. And what
 * is read of steps, is read of steps that there are.
 */
function orderFault({ steps, outputs }: PlanPart): string | null {
  const before = new Set<string>();
  for (const [i, one] of steps.entries()) {
    const { key, kind, dependencies } = one;
    if (before.has(key)) return `steps.${i}.key: "${key}" stands twice`;
    if (key in Object.prototype) return `steps.${i}.key: "${key}" cannot be a key`;
    if (kind !== one.spec.kind)
      return `steps.${i}.spec.kind: ${one.spec.kind}, where the step is of kind ${kind}`;
    const missing = dependencies.find((dependency) => !before.has(dependency));
    if (missing !== undefined) return `steps.${i}.dependencies: no step "${missing}" before it`;
    const inside = one.body === undefined ? null : orderFault(one.body);
    if (inside !== null) return `steps.${i}.body.${inside}`;
    before.add(key);
  }
  const sinks = outputs.kind === 'sinks' ? outputs.keys : [];
  const unknown = sinks.find((key) => !before.has(key));
  return unknown === undefined ? null : `outputs.keys: there is no step "${unknown}"`;
}
