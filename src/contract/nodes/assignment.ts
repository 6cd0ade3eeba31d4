/** Work of a node: a try of a step, from when it was put up to its end. */
import * as z from 'zod';
import { ASSIGNMENT_STATUSES } from '../../protocol/assignment-status.ts';
import { Timestamp } from '../shared/common.ts';

const count = z.number().int().min(0);

const Progress = z.object({
  share: z.number().min(0).max(1).nullable(),
  text: z.string(),
});

/** Work of a node, as a step or a node shows it. */
export const Assignment = z
  .object({
    id: z.string(),
    run: z.string(),
    step: z.string(),
    attempt: count,
    status: z.enum(ASSIGNMENT_STATUSES),
    node: z.string().nullable(),
    why: z.string().nullable().meta({ description: 'Why this node, or what is missing while it waits.' }),
    progress: Progress.nullable(),
    late_answers: count.meta({ description: 'Answers that came after it was over; they do not count.' }),
    created_at: Timestamp,
    started_at: Timestamp.nullable(),
    ended_at: Timestamp.nullable(),
  })
  .meta({ id: 'Assignment' });

export type Assignment = z.output<typeof Assignment>;
