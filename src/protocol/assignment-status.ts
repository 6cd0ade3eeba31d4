/** How work for a node stands; what leads from one to the other is drawn in `src/nodes/node.ts`. */
export const ASSIGNMENT_STATUSES = [
  'waiting',
  'assigned',
  'running',
  'completed',
  'failed',
  'lost',
  'cancelled',
] as const;

export type AssignmentStatus = (typeof ASSIGNMENT_STATUSES)[number];
