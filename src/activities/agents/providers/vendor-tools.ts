/** The tools that a model is offered, in the form that its vendor takes. Their names are in all vendors' letters before. */
import { jsonSchema, tool, type ToolSet } from 'ai';
import type { JsonObject } from '../../../plan/json.ts';
import type { ToolDefinition } from '../../tools/tool-definition.ts';
import type { ModelName } from '../models.ts';
import { rulesFor } from './vendor-rules.ts';

/**
 * Vendors refuse the whole request for one schema that has these at its top (github anthropics/claude-code#27337). The
 * server that offers the tool checks its arguments all the same.
 */
const REFUSED_AT_TOP: readonly string[] = [
  'oneOf',
  'anyOf',
  'allOf',
  'not',
  'enum',
  'const',
  'if',
  'then',
  'else',
];

/** Without `execute`: the model may ask for them, and the workflow decides what becomes of it. */
export function vendorTools(definitions: readonly ToolDefinition[], model: ModelName): ToolSet {
  const most = rulesFor(model).descriptionChars;
  return Object.fromEntries(
    definitions.map(({ name, description, inputSchema }) => {
      const isLong = description.length > most;
      // What is above the limit on descriptions is still read in the schema's own.
      const schema = isLong ? { ...inputSchema, description } : inputSchema;
      return [
        name,
        tool({
          description: isLong ? `${description.slice(0, most - 1)}…` : description,
          inputSchema: jsonSchema(objectSchema(schema)),
        }),
      ];
    }),
  );
}

function objectSchema(schema: JsonObject): JsonObject {
  const members = Object.entries(schema).filter(([name]) => !REFUSED_AT_TOP.includes(name));
  return { properties: {}, ...Object.fromEntries(members), type: 'object' };
}
