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
      title,
      readOnlyHint: isRead,
      destructiveHint: tool.destructive === true,
      idempotentHint: isRead || tool.idempotent === true,
      openWorldHint: !isRead,
    },
  };
}

function schemaOf(schema: z.ZodObject, io: 'input' | 'output'): ListedTool['inputSchema'] {
  const { $schema: _, ...told } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return told as ListedTool['inputSchema'];
}
