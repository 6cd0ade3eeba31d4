/** What probes are answered. */
import * as z from 'zod';

export const Liveness = z.object({ status: z.literal('live') });

const Dependency = z.object({
  status: z.enum(['ok', 'failed', 'unknown']),
  code: z.string().optional().meta({ description: 'Why it failed, such as `database_unavailable`.' }),
});

export type Dependency = z.output<typeof Dependency>;

export const Readiness = z
  .object({
    status: z.enum(['ready', 'unavailable']),
    dependencies: z.object({
      database: Dependency.meta({ description: 'Postgres answers a query in time.' }),
      temporal: Dependency.meta({ description: 'Temporal answers a call in time.' }),
      disk: Dependency.meta({ description: 'There is room to write; `disk_full` while starts are refused.' }),
      projector: Dependency.meta({
        description: 'A projector works on the tables; `unknown` until one has been seen.',
      }),
    }),
  })
  .meta({ id: 'Readiness' });

export type Readiness = z.output<typeof Readiness>;

export const About = z
  .object({
    version: z.string().meta({ description: 'Of Baton.' }),
    temporal: z.object({
      namespace: z.string(),
      ui: z.string().nullable().meta({ description: 'Address of Temporal’s Web UI; null: unknown.' }),
    }),
    task_queue: z.string(),
  })
  .meta({ id: 'About' });

export type About = z.output<typeof About>;
