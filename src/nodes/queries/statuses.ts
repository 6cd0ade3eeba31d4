/** Statuses of assignments that statements ask for together. */
import { literally } from '../../database/sql.ts';

/** Somebody waits for it, or is at it. */
export const OPEN = literally(`('waiting', 'assigned', 'running')`);
/** A node has it. */
export const AT_NODE = literally(`('assigned', 'running')`);
