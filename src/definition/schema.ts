/** The fields of a definition and the plain types they have. What depends on other fields is judged elsewhere. */
import { z } from 'zod';
import type { StepKind } from '../plan/plan.ts';

const text = z.string();
const anything = z.unknown();

export const definitionSchema = z.strictObject({
  name: text,
  version: z.union([text, z.number(), z.bigint()]).optional(),
  title: text.optional(),
  description: text.optional(),
  inputs: z.record(text, anything).nullable().optional(),
  labels: z.record(text, z.union([text, z.number(), z.bigint(), z.boolean()])).optional(),
  steps: z.array(anything),
  outputs: anything.optional(),
  failure: z.enum(['fast', 'finish']).optional(),
  scheduling: z.enum(['ready', 'level']).optional(),
  max_parallel: z.int().min(1).max(500).optional(),
  timeout: z.union([text, z.number()]).optional(),
  agents: z.record(text, anything).optional(),
  limits: anything.optional(),
  workspace: anything.optional(),
});

export const inputSchema = z.strictObject({
  type: z.enum(['string', 'number', 'integer', 'boolean', 'object', 'array', 'any']).optional(),
  required: z.boolean().optional(),
  default: anything.optional(),
  enum: z.array(anything).min(1).optional(),
  description: text.optional(),
});

const common = {
  key: text,
  title: text.optional(),
  description: text.optional(),
  dependencies: z.array(text).optional(),
  when: z.union([text, z.boolean()]).optional(),
  parallel: z.boolean().optional(),
  timeout: z.union([text, z.number()]).optional(),
  retry: anything.optional(),
  onError: anything.optional(),
  on_error: anything.optional(),
  capability: text.min(1).optional(),
};

/** What an agent has and a step may override. */
const agentSettings = {
  model: text.optional(),
  models: z.array(text).min(1).optional(),
  fallback_models: z.array(text).optional(),
  tools: z.array(text).optional(),
  approve: anything.optional(),
  max_turns: z.int().min(1).optional(),
  limits: anything.optional(),
  temperature: z.number().min(0).max(2).optional(),
  max_output_tokens: z.int().min(1).optional(),
  continuations: z.int().min(0).max(20).optional(),
  context_window: z.int().min(1).optional(),
  compact: z.enum(['auto', 'off']).optional(),
  output_schema: z.record(text, anything).optional(),
};

export const agentSchema = z.strictObject({
  purpose: text.optional(),
  system: text.min(1).optional(),
  extends: text.optional(),
  mcp: z.record(text, anything).optional(),
  ...agentSettings,
});

export const mcpSchema = z.strictObject({
  command: z.array(text).min(1).optional(),
  env: z.record(text, anything).optional(),
  url: text.optional(),
  headers: z.record(text, anything).optional(),
});

export const limitsSchema = z.strictObject({
  max_turns: z.int().min(1).optional(),
  max_tokens: z.int().min(1).optional(),
  max_cost_usd: z.union([text, z.number()]).optional(),
  max_duration: z.union([text, z.number()]).optional(),
  on_limit: z.enum(['fail', 'ask']).optional(),
});

export const workspaceSchema = z.strictObject({
  git: text.min(1).optional(),
  ref: text.min(1).optional(),
});

export const askSchema = z.strictObject({
  prompt: text.min(1),
  form: z.record(text, anything).optional(),
  approval: z.boolean().optional(),
  approvers: z.array(text.min(1)).optional(),
  needed: z.int().min(1).max(100).optional(),
  not_starter: z.boolean().optional(),
  timeout: z.union([text, z.number()]).optional(),
  on_timeout: anything.optional(),
});

export const onTimeoutSchema = z.strictObject({ answer: anything });

export const stepSchemas = {
  agent: z.strictObject({ ...common, agent: text.min(1), prompt: text, ...agentSettings }),
  ask: z.strictObject({ ...common, ask: anything }),
  http: z.strictObject({ ...common, http: anything }),
  command: z.strictObject({
    ...common,
    command: z.array(anything).min(1),
    cwd: text.optional(),
    env: z.record(text, anything).optional(),
    stdin: anything.optional(),
  }),
  transform: z.strictObject({ ...common, transform: anything }),
  wait: z.strictObject({ ...common, wait: z.union([text, z.number()]) }),
} as const satisfies Record<StepKind, z.ZodObject>;

export const httpSchema = z.strictObject({
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).optional(),
  url: text.min(1),
  headers: z.record(text, anything).optional(),
  query: z.record(text, anything).optional(),
  body: anything.optional(),
});

export const retrySchema = z.strictObject({
  attempts: z.int().min(1).max(100).optional(),
  initial: z.union([text, z.number()]).optional(),
  factor: z.number().min(1).max(100).optional(),
  max: z.union([text, z.number()]).optional(),
  jitter: z.number().min(0).max(1).optional(),
  if: z.union([text, z.boolean()]).optional(),
});

export const fallbackSchema = z.strictObject({ fallback: anything });

/** Fields that every step may have, whatever its kind. */
export const COMMON_FIELDS: ReadonlySet<string> = new Set(Object.keys(common));
export const KINDS = Object.keys(stepSchemas) as readonly StepKind[];

export type AskShape = z.infer<typeof askSchema>;
export type AgentShape = z.infer<typeof agentSchema>;
export type DefinitionShape = z.infer<typeof definitionSchema>;
export type StepShape<K extends StepKind = StepKind> = z.infer<(typeof stepSchemas)[K]>;
