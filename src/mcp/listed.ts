/** Tools as clients list them: what each takes and answers as JSON Schema, and what it does to the world. */
import type { Tool as ListedTool } from '@modelcontextprotocol/sdk/types.js';
import * as z from 'zod';
import type { Scope } from './scope.ts';
import type { Tool } from './tool.ts';
import { TOOLS } from './tools/index.ts';

/** The same for every client: made once. */
let made: ReadonlyMap<Tool, ListedTool> | undefined;

/** Those of the scopes. */
export function listed(scopes: readonly Scope[]): ListedTool[] {
  made ??= new Map(TOOLS.map((tool) => [tool, listedTool(tool)]));
  return [...made].filter(([{ scope }]) => scopes.includes(scope)).map(([, one]) => one);
}

function listedTool(tool: Tool): ListedTool {
  const { name, title, description, input, output } = tool;
  const isRead = tool.scope === 'read' || tool.readOnly === true;
  return {
    ...{ name, title, description, inputSchema: schemaOf(input, 'input') },
    ...(output !== undefined && { outputSchema: schemaOf(output, 'output') }),
    annotations: {
      readOnlyHint: isRead,
      destructiveHint: tool.destructive === true,
      idempotentHint: isRead || tool.idempotent === true,
      openWorldHint: !isRead,
    },
  };
}

function schemaOf(schema: z.ZodObject, io: 'input' | 'output'): ListedTool['inputSchema'] {
  const told = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => shorten(jsonSchema),
  });
  delete told.$schema;
  return told as ListedTool['inputSchema'];
}

/** What no model decides by, and costs every one of its calls; what is sent is checked against all of it. */
const NEEDLESS = ['minLength', 'maxLength', 'minItems', 'maxItems', 'propertyNames', 'example'] as const;

function shorten(schema: z.core.JSONSchema.BaseSchema): void {
  for (const name of NEEDLESS) delete schema[name];
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  // Said of the paths of HTTP, which nobody writes here.
  if (schema.description !== undefined)
    schema.description = schema.description.replace(', percent-encoded in paths', '');
}
