/** A tool as it is offered to a model. */
import type { JsonObject } from '../../plan/json.ts';

export interface ToolDefinition {
  readonly name: string;
  /** For the model: what it does, when to use it, what it answers. */
  readonly description: string;
  /** JSON Schema of the arguments; always of an object. */
  readonly inputSchema: JsonObject;
}
