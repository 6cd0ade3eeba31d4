/** The fields of a definition and the plain types they have. What depends on other fields is judged elsewhere. */
import { z } from 'zod';
import { MAX_PROPOSED_STEPS } from '../../protocol/editing/proposal.ts';
import { OCCASION_NAMES } from '../../protocol/outgoing/event-names.ts';

/**
 * Scalars of text fields are taken as they are written (`1.10`, `0755`, `true`): see {@link shaped}. A `text` is for
 * people or a name; a `template` may hold `{{ }}`; `prose` may speak of braces, so that they are only warned of;
 * `checked` is judged elsewhere, braces included.
 */
const text = z.string();
export const checked = z.string();
export const named = text.min(1);
const prose = z.string();
const said = prose.min(1);
export const template = z.string();
export const anything = z.unknown();
/** A value that is handed on as it is; nothing at all is none. */
export const data = z.unknown();
/** A text with `{{ }}`, or data that is sent as JSON. */
export const sent = z.union([template, z.array(anything), z.record(checked, anything)]);

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
  checkpoints: z.enum(['step', 'level', 'none']).optional(),
  retention: z.union([checked, z.number()]).optional(),
  notify: z
    .strictObject({
      on: z.array(z.enum(OCCASION_NAMES)).min(1).optional(),
      to: z.array(named).min(1).max(20),
    })
    .optional(),
  edits: anything.optional(),
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

export const common = {
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
  edits: anything.optional(),
  idempotent: z.boolean().optional(),
};

/** What an agent has and a step may override. */
export const agentSettings = {
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

export const editsSchema = z.strictObject({
  policy: z.enum(['never', 'ask', 'auto']),
  max_steps: z.int().min(1).max(MAX_PROPOSED_STEPS).optional(),
  kinds: z.array(checked).min(1).optional(),
  agents: z.array(checked).min(1).optional(),
  approvers: z.array(named).min(1).optional(),
});

export const workspaceSchema = z.strictObject({
  git: template.min(1).optional(),
  ref: template.min(1).optional(),
  snapshots: z.boolean().optional(),
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

export type AgentShape = z.infer<typeof agentSchema>;
export type DefinitionShape = z.infer<typeof definitionSchema>;
/** The fields that all steps share, with the types they have. */
export type CommonShape = z.infer<z.ZodObject<typeof common>>;
