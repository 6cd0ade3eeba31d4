/**
 * What a tool is: a name, a description for the model, one zod schema for its arguments, and what it does.
 *
 * A tool that says no does so with a text that tells the model what is wrong and how to do it right; it never throws
 * for that. What it throws is a failure of the machinery.
 */
import { z } from 'zod';
import type { Json, JsonObject } from '../../plan/json.ts';
import type { Masking } from '../../secrets/masking.ts';
import type { ToolDefinition } from './tool-definition.ts';

/** What a call may use. */
export interface ToolContext {
  /** The run's directory; null for runs without one. */
  readonly workspace: string | null;
  /** The same for every repetition of the call. */
  readonly idempotencyKey: string;
  /** Aborted by cancel, shutdown or deadline. A tool stops at once and may throw anything. */
  readonly signal: AbortSignal;
  /** For what is cut: masked before, or a part of a secret would be left at the cut. */
  readonly masking: Masking;
}

export interface ToolReply {
  /** For the model. */
  readonly value: Json;
  readonly isError: boolean;
  /** What was done, in a person's words. */
  readonly comment: string;
}

/** The tool says no. The message is for the model: the reason and the remedy. */
export class ToolRefusal extends Error {
  override readonly name = 'ToolRefusal';
}

/** A tool of Baton's own. */
export interface BuiltInTool {
  readonly definition: ToolDefinition;
  /** Checks the arguments and does it. @throws ToolRefusal */
  readonly call: (args: Json, context: ToolContext) => Promise<ToolReply>;
}

interface ToolSource<S extends z.ZodObject> {
  readonly name: string;
  readonly description: string;
  readonly input: S;
  readonly run: (input: z.infer<S>, context: ToolContext) => Promise<ToolReply>;
}

/** Makes a tool of its parts. */
export function builtIn<S extends z.ZodObject>({
  name,
  description,
  input,
  run,
}: ToolSource<S>): BuiltInTool {
  return {
    definition: { name, description, inputSchema: schemaOf(input) },
    call: async (args, context) => run(checked(name, input, args), context),
  };
}

/** The JSON Schema of arguments. */
export function schemaOf(input: z.ZodObject): JsonObject {
  const { $schema: _, ...schema } = z.toJSONSchema(input, { io: 'input' }) as JsonObject;
  return schema;
}

function checked<S extends z.ZodObject>(name: string, input: S, args: Json): z.infer<S> {
  const parsed = input.safeParse(withoutNulls(args));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'arguments'}: ${message}`,
  );
  throw new ToolRefusal(
    `The arguments of ${name} are wrong. ${problems.join('; ')}. Call it again with right ones.`,
  );
}

/** Vendors that know no optional arguments send null for what is left out. */
function withoutNulls(args: Json): Json {
  if (typeof args !== 'object' || args === null || Array.isArray(args)) return args;
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== null));
}

/** A number for people: `1,204`. */
export function count(value: number, one?: string, many = `${one}s`): string {
  const figure = value.toLocaleString('en-US');
  return one === undefined ? figure : `${figure} ${value === 1 ? one : many}`;
}
