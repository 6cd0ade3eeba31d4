/**
 * The form of a plan, for whoever is handed one that it did not compile itself: that every member is there and of its
 * kind, and that steps stand after what they depend on. Template nodes and schemas may be any JSON: they are judged
 * where they are used.
 */
import * as v from 'valibot';
import type { Json, JsonObject, Path } from './json.ts';
import type {
  AgentProfile,
  Condition,
  Limits,
  McpServerSpec,
  OnError,
  OutputSpec,
  Plan,
  PlanBody,
  PlanPart,
  PlanStep,
  RetryPolicy,
  StepSpec,
  WorkspaceSpec,
} from './plan.ts';
import type { Template, TemplateNode, Use } from './template.ts';

/** A schema whose values are exactly `T`: the compiler keeps both alike. */
export type Form<T> = v.GenericSchema<unknown, T>;

export const json: Form<Json> = v.custom<Json>((value) => value !== undefined);
export const jsonObject: Form<JsonObject> = v.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'a map was expected',
);
export const text = v.string();
export const textOrNull = v.nullable(text);
export const flag = v.boolean();
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));
export const countOrNull = v.nullable(count);
export const texts = v.array(text);
const path: Form<Path> = v.array(v.union([text, v.number()]));

const node = v.custom<TemplateNode>((value) => value !== undefined);
const nodes = v.record(text, node);
const nodeOrNull = v.nullable(node);

const use: Form<Use> = v.variant('root', [
  v.object({ root: v.literal('inputs'), name: text, path }),
  v.object({ root: v.literal('steps'), name: text, field: v.picklist(['result', 'status', 'error']), path }),
]);
const uses: Form<Template['uses']> = v.array(use);
const template: Form<Template> = v.object({ node, uses });
const expression = { source: text, uses };
const condition: Form<Condition> = v.object({ ...expression, statusAware: flag });

const onLimit = v.picklist(['fail', 'ask']);
export const limits: Form<Limits> = v.object({
  maxTurns: countOrNull,
  maxTokens: countOrNull,
  maxCostMicros: countOrNull,
  maxDurationMs: countOrNull,
  onLimit,
});

const mcpServer: Form<McpServerSpec> = v.variant('transport', [
  v.object({ transport: v.literal('stdio'), argv: texts, env: nodes }),
  v.object({ transport: v.literal('http'), url: text, headers: nodes }),
]);
const profile: Form<AgentProfile> = v.object({
  purpose: text,
  system: text,
  mcp: v.record(text, mcpServer),
});

const workspace: Form<WorkspaceSpec> = v.variant('source', [
  v.object({ source: v.literal('empty'), uses }),
  v.object({ source: v.literal('git'), uses, url: node, ref: nodeOrNull }),
]);

const inputSpec = v.object({
  type: v.picklist(['string', 'number', 'integer', 'boolean', 'object', 'array', 'any']),
  required: flag,
  default: v.exactOptional(json),
  enum: v.exactOptional(v.array(json)),
  description: textOrNull,
});

const outputs: Form<OutputSpec> = v.variant('kind', [
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

const onError: Form<OnError> = v.variant('action', [
  v.object({ action: v.literal('fail') }),
  v.object({ action: v.literal('continue') }),
  v.object({ action: v.literal('fallback'), value: template }),
]);

const numberOrNull = v.nullable(v.number());
const spec: Form<StepSpec> = v.variant('kind', [
  v.object({
    kind: v.literal('agent'),
    agent: text,
    prompt: node,
    models: texts,
    outputSchema: v.nullable(jsonObject),
    temperature: numberOrNull,
    maxOutputTokens: numberOrNull,
    tools: texts,
    approve: texts,
    limits,
    continuations: v.exactOptional(count),
    contextWindow: v.exactOptional(count),
    compact: v.exactOptional(v.literal('off')),
  }),
  v.object({
    kind: v.literal('ask'),
    prompt: node,
    form: jsonObject,
    approval: flag,
    approvers: texts,
    needed: count,
    notStarter: flag,
    timeoutMs: countOrNull,
    onTimeout: v.variant('action', [
      v.object({ action: v.literal('fail') }),
      v.object({ action: v.literal('answer'), value: json }),
    ]),
  }),
  v.object({
    kind: v.literal('http'),
    method: text,
    url: node,
    headers: nodes,
    query: nodes,
    body: nodeOrNull,
  }),
  v.object({
    kind: v.literal('command'),
    argv: v.array(node),
    cwd: nodeOrNull,
    env: nodes,
    stdin: nodeOrNull,
  }),
  v.object({ kind: v.literal('transform'), value: node }),
  v.object({ kind: v.literal('wait'), duration: node }),
]);

const step: Form<PlanStep> = v.object({
  key: text,
  title: text,
  kind: v.picklist(['agent', 'ask', 'http', 'command', 'transform', 'wait']),
  level: count,
  dependencies: texts,
  when: v.nullable(condition),
  parallel: flag,
  timeoutMs: countOrNull,
  retry,
  onError,
  capability: textOrNull,
  spec,
  workspace: flag,
  uses,
  keep: v.array(path),
  body: v.exactOptional(v.lazy(() => body)),
});

const most = v.pipe(count, v.minValue(1));
const part = {
  steps: v.array(step),
  outputs,
  failure: v.picklist(['fast', 'finish']),
  scheduling: v.picklist(['ready', 'level']),
  maxParallel: most,
} as const;
const body: Form<PlanBody> = v.object({ ...part, window: most });

const planForm: Form<Plan> = v.object({
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
});

/** Where a value leaves the form, and why; null when it fits. */
export function formFault(form: v.GenericSchema, value: unknown): string | null {
  const { success, issues } = v.safeParse(form, value, { abortEarly: true, abortPipeEarly: true });
  if (success) return null;
  const [issue] = issues;
  return `${v.getDotPath(issue) ?? 'it'}: ${issue.message}`;
}

/** What is wrong with a value that should be a plan; null when it is one. */
export function planFault(value: unknown): string | null {
  return formFault(planForm, value) ?? orderFault(value as Plan);
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
