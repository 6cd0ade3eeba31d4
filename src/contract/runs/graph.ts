/** A graph of steps with where each is drawn, as JSON. */
import * as z from 'zod';

const Point = z.object({ x: z.number(), y: z.number() });

export const Graph = z
  .object({
    hash: z.string().meta({ description: 'Of its form: keys and dependencies, whatever the steps do.' }),
    layout: z.enum(['elk', 'levels']).meta({
      description:
        '`levels`: no better drawing was to be had in time, and steps stand in rows by their levels.',
    }),
    width: z.number().meta({ description: 'Of the whole, in CSS pixels.' }),
    height: z.number(),
    nodes: z.array(
      z.object({
        key: z.string(),
        title: z.string(),
        kind: z.string(),
        level: z.number().int(),
        x: z.number().meta({ description: 'Of its upper left corner; each is 216 wide and 64 high.' }),
        y: z.number(),
      }),
    ),
    edges: z.array(
      z.object({
        from: z.string(),
        to: z.string(),
        points: z.array(Point).meta({ description: 'From its beginning to its end; empty: straight.' }),
      }),
    ),
  })
  .meta({ id: 'Graph', description: 'Steps run from above to below.' });

export type Graph = z.output<typeof Graph>;
