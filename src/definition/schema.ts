/** The fields of a definition and the plain types they have. What depends on other fields is judged elsewhere. */
import { z } from 'zod';
import type { StepKind } from '../plan/plan.ts';

/**
 * Scalars of text fields are taken as they are written (`1.10`, `0755`, `true`): see {@link shaped}. A `text` is for
 * people or a name; a `template` may hold `{{ }}`; `prose` may speak of braces, so that they are only warned of;
 * `checked` is judged elsewhere, braces included.
 */
const text = z.string();
const checked = z.string();
const named = text.min(1);
const prose = z.string();
const said = prose.min(1);
const template = z.string();
const anything = z.unknown();
/** A value that is handed on as it is; nothing at all is none. */
export const data = z.unknown();
/** A text with `{{ }}`, or data that is sent as JSON. */
const sent = z.union([template, z.array(anything), z.record(checked, anything)]);

/** Where text fields may hold `{{ }}`: `no` is an error, `doubtful` a warning. */
export const BRACES: ReadonlyMap<unknown, 'no' | 'doubtful'> = new Map<unknown, 'no' | 'doubtful'>([
  [text, 'no'],
  [named, 'no'],
  [prose, 'doubtful'],
  [said, 'doubtful'],
]);

export const definitionSchema = z.strictObject({
  name: checked,
  version: checked.optional(),
  title: text.optional(),
  description: prose.optional(),
  inputs: z.record(checked, anything).nullable().optional(),
  labels: z.record(checked, text).optional(),
  steps: z.array(anything),
  outputs: data.optional(),
  failure: z.enum(['fast', 'finish']).optional(),
  scheduling: z.enum(['ready', 'level']).optional(),
  max_parallel: z.int().min(1).max(500).optional(),
  timeout: z.union([checked, z.number()]).optional(),
  agents: z.record(checked, anything).optional(),
  limits: anything.optional(),
  workspace: anything.optional(),
});

export const inputSchema = z.strictObject({
  type: z.enum(['string', 'number', 'integer', 'boolean', 'object', 'array', 'any']).optional(),
  required: z.boolean().optional(),
  default: data.optional(),
  enum: z.array(anything).min(1).optional(),
  description: prose.optional(),
});

const common = {
  key: text,
  title: text.optional(),
  description: prose.optional(),
  dependencies: z.array(text).optional(),
  when: z.union([checked, z.boolean()]).optional(),
  parallel: z.boolean().optional(),
  timeout: z.union([checked, z.number()]).optional(),
  retry: anything.optional(),
  onError: anything.optional(),
  on_error: anything.optional(),
  capability: named.optional(),
};

/** What an agent has and a step may override. */
const agentSettings = {
  model: checked.optional(),
  models: z.array(checked).min(1).optional(),
  fallback_models: z.array(checked).optional(),
  tools: z.array(checked).optional(),
  approve: anything.optional(),
  max_turns: z.int().min(1).optional(),
  limits: anything.optional(),
  temperature: z.number().min(0).max(2).optional(),
  max_output_tokens: z.int().min(1).optional(),
  continuations: z.int().min(0).max(20).optional(),
  context_window: z.int().min(1).optional(),
  compact: z.enum(['auto', 'off']).optional(),
  output_schema: z.record(checked, anything).optional(),
};

export const agentSchema = z.strictObject({
  purpose: prose.optional(),
  system: said.optional(),
  extends: text.optional(),
  mcp: z.record(checked, anything).optional(),
  ...agentSettings,
});

export const mcpSchema = z.strictObject({
  command: z.array(checked).min(1).optional(),
  env: z.record(checked, sent).optional(),
  url: checked.optional(),
  headers: z.record(checked, sent).optional(),
});

export const limitsSchema = z.strictObject({
  max_turns: z.int().min(1).optional(),
  max_tokens: z.int().min(1).optional(),
  max_cost_usd: z.union([checked, z.number()]).optional(),
  max_duration: z.union([checked, z.number()]).optional(),
  on_limit: z.enum(['fail', 'ask']).optional(),
});

export const workspaceSchema = z.strictObject({
  git: template.min(1).optional(),
  ref: template.min(1).optional(),
});

export const askSchema = z.strictObject({
  prompt: template.min(1),
  form: z.record(checked, anything).optional(),
  approval: z.boolean().optional(),
  approvers: z.array(named).min(1).optional(),
  needed: z.int().min(1).max(100).optional(),
  not_starter: z.boolean().optional(),
  timeout: z.union([checked, z.number()]).optional(),
  on_timeout: anything.optional(),
});

export const onTimeoutSchema = z.strictObject({ answer: data });

export const stepSchemas = {
  agent: z.strictObject({ ...common, agent: named, prompt: template, ...agentSettings }),
  ask: z.strictObject({ ...common, ask: anything }),
  http: z.strictObject({ ...common, http: anything }),
  command: z.strictObject({
    ...common,
    command: z.array(template).min(1),
    cwd: template.optional(),
    env: z.record(checked, sent).optional(),
    stdin: sent.optional(),
  }),
  transform: z.strictObject({ ...common, transform: data }),
  wait: z.strictObject({ ...common, wait: z.union([template, z.number()]) }),
} as const satisfies Record<StepKind, z.ZodObject>;

/** A step that does not say of which kind it is: what it has is looked at all the same. */
export const kindlessSchema = z.strictObject({
  ...common,
  ...z.object({ ...stepSchemas.agent.shape, ...stepSchemas.command.shape }).partial().shape,
  key: text,
  ask: anything.optional(),
  http: anything.optional(),
  transform: anything.optional(),
  wait: anything.optional(),
});

/** Fields of all steps that do nothing at a kind, and why. */
export const WITHOUT_EFFECT: Readonly<Record<StepKind, Readonly<Record<string, string>>>> = {
  agent: {},
  http: {},
  command: {},
  ask: {
    retry: 'a question is asked once; people may take their time',
    capability: 'people answer it, no worker does',
  },
  transform: {
    retry: 'the same values give the same result each time',
    timeout: 'its work is bounded already',
    capability: 'it is computed where the run is',
  },
  wait: {
    retry: 'waiting does not fail',
    timeout: 'it lasts as long as it says',
    capability: 'no worker is held while it waits',
  },
};

export const httpSchema = z.strictObject({
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).optional(),
  url: template.min(1),
  headers: z.record(checked, sent).optional(),
  query: z.record(checked, z.union([template, z.array(template), z.record(checked, anything)])).optional(),
  body: data.optional(),
});

export const retrySchema = z.strictObject({
  attempts: z.int().min(1).max(100).optional(),
  initial: z.union([checked, z.number()]).optional(),
  factor: z.number().min(1).max(100).optional(),
  max: z.union([checked, z.number()]).optional(),
  jitter: z.number().min(0).max(1).optional(),
  if: z.union([checked, z.boolean()]).optional(),
});

export const fallbackSchema = z.strictObject({ fallback: data });

/** Fields that every step may have, whatever its kind. */
export const COMMON_FIELDS: ReadonlySet<string> = new Set(Object.keys(common));
/** The kinds that a field belongs to, of those that not every step has. */
export function kindsWith(field: string): readonly StepKind[] {
  return COMMON_FIELDS.has(field)
    ? []
    : KINDS.filter((kind) => Object.hasOwn(stepSchemas[kind].shape, field));
}

export const KINDS = Object.keys(stepSchemas) as readonly StepKind[];

export type AskShape = z.infer<typeof askSchema>;
export type AgentShape = z.infer<typeof agentSchema>;
export type DefinitionShape = z.infer<typeof definitionSchema>;
export type StepShape<K extends StepKind = StepKind> = z.infer<(typeof stepSchemas)[K]>;
