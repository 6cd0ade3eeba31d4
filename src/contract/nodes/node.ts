/** Nodes: programs of users that do steps of runs. */
import * as z from 'zod';
import { Timestamp, storableText } from '../shared/common.ts';
import { Assignment } from './assignment.ts';

const count = z.number().int().min(0);

const NodeName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'must be 1 to 100 letters, digits, ".", "_" or "-"');
const Word = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$/, 'must be 1 to 100 letters, digits, ".", "_", "/" or "-"');
const NodeLabels = z
  .record(Word, storableText(255))
  .refine((labels) => Object.keys(labels).length <= 100, 'at most 100');
const Capabilities = z.array(Word).max(100);

const NODE_STATES = ['ready', 'full', 'draining', 'away'] as const;

export const Node = z
  .object({
    id: z.string(),
    state: z.enum(NODE_STATES).meta({ description: '`full`: all of its slots are taken.' }),
    draining: z.boolean().meta({ description: 'It takes nothing new, also once it is back.' }),
    address: z.string().nullable().meta({ description: 'Where Baton calls it; null: it comes by itself.' }),
    capabilities: z.array(z.string()),
    labels: z.record(z.string(), z.string()),
    slots: count,
    used: count.meta({ description: 'Slots that are taken.' }),
    price: count.nullable().meta({ description: 'Micro-dollars a second; null: not known.' }),
    version: z.string().nullable(),
    lease_ms: count
      .nullable()
      .meta({ description: 'After so long without a word its work goes to others; null: Baton calls it.' }),
    seconds: z.number().nullable().meta({ description: 'Median of its last 20 completed assignments.' }),
    losses: count.meta({ description: 'Of its last 20 assignments, those that were lost.' }),
    joined_at: Timestamp,
    seen_at: Timestamp,
    assignments: z
      .array(Assignment)
      .meta({ description: 'What it is at, and its last; the newest first, at most 20.' }),
  })
  .meta({ id: 'Node' });

export type Node = z.output<typeof Node>;

export const Nodes = z.object({
  items: z.array(Node),
  waiting: z
    .array(Assignment)
    .meta({ description: 'Work that no node does, the oldest first; at most 100.' }),
});

export type Nodes = z.output<typeof Nodes>;

const by = storableText(200).min(1).optional().meta({ description: 'Who says so, for people.' });

export const NodeBy = z.strictObject({ by });

/** A node that Baton calls. */
export const NodeContent = z
  .strictObject({
    address: z
      .string()
      .max(300)
      .regex(/^grpcs?:\/\/[^/]+:\d{1,5}\/?$/, 'must be grpc://HOST:PORT or grpcs://HOST:PORT'),
    capabilities: Capabilities.default([]),
    labels: NodeLabels.default({}),
    slots: z.number().int().min(1).max(1_000).default(1),
    price: count.nullable().default(null).meta({ description: 'Micro-dollars a second.' }),
    by,
  })
  .meta({ id: 'NodeContent' });

export type NodeContent = z.output<typeof NodeContent>;

export const NodeParams = z.object({ node: NodeName });

export const NodeNeed = z
  .strictObject({
    capability: Word.nullable().default(null),
    labels: NodeLabels.default({}),
    prefer: NodeLabels.default({}),
  })
  .meta({ id: 'NodeNeed' });

export type NodeNeed = z.output<typeof NodeNeed>;

export const NodeMatch = z
  .object({
    node: z.string().nullable().meta({ description: 'Which node would do it now; null: none could.' }),
    why: z.string().meta({ description: 'Why that one, or what is missing.' }),
    considered: z
      .array(
        z.object({
          node: z.string(),
          against: z.array(z.string()).meta({ description: 'What keeps it from the work; empty: it fits.' }),
          preferred: count.meta({ description: 'Preferred labels that it has.' }),
          used: count,
          slots: count,
          price: count.nullable(),
          seconds: z.number().nullable(),
          losses: count,
        }),
      )
      .meta({ description: 'Every node, the best first.' }),
  })
  .meta({ id: 'NodeMatch' });

export type NodeMatch = z.output<typeof NodeMatch>;
