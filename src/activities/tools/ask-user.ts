/** Tool `ask_user`: offered here, answered by the workflow, which waits for a person without holding a worker. */
import { z } from 'zod';
import { ASK_USER } from '../../protocol/agent.ts';
import { schemaOf } from './tool.ts';
import type { ToolDefinition } from './tool-definition.ts';

export const ASK_USER_DEFINITION: ToolDefinition = {
  name: ASK_USER,
  description:
    'Asks a person and waits for the answer, which may take long. For decisions that are theirs and for what nothing here tells you.',
  inputSchema: schemaOf(
    z.strictObject({
      question: z.string().min(1).describe('Everything the person needs to know to answer.'),
      form: z
        .record(z.string(), z.unknown())
        .optional()
        .describe('JSON Schema of the answer; a text when left out.'),
    }),
  ),
};
