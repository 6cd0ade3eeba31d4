/** Errors as JSON. */
import * as z from 'zod';

export const ErrorDetail = z
  .object({
    file: z.string().nullable().optional(),
    line: z.number().int().optional(),
    column: z.number().int().optional(),
    path: z
      .string()
      .optional()
      .meta({ description: 'Such as `steps[2].prompt`, `inputs.diff`, `query.limit`.' }),
    code: z.string(),
    message: z.string(),
    hint: z.string().optional(),
  })
  .meta({ id: 'ErrorDetail', description: 'One thing that is wrong, and where.' });

export type ErrorDetail = z.output<typeof ErrorDetail>;

export const Problem = z
  .object({
    type: z.string().meta({
      format: 'uri-reference',
      description: 'Leads to what the code means: `/docs/errors/{code}`.',
      example: '/docs/errors/run_not_found',
    }),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string().meta({ description: 'Stable: programs decide by it.' }),
    request_id: z.string().optional(),
    errors: z.array(ErrorDetail).optional(),
    message_id: z.string().optional().meta({ description: 'Of the message that this is about.' }),
    reason: z.string().optional().meta({ description: 'Why the run ignored the message, in words.' }),
    ignored_code: z.string().nullable().optional().meta({ description: 'The same for machines.' }),
    questions: z
      .array(z.object({ id: z.string(), step: z.string(), preview: z.string() }))
      .optional()
      .meta({ description: 'Those that are open, where it has to be said which is meant.' }),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details.' });

export type Problem = z.output<typeof Problem>;
