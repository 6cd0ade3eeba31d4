/** Where the hand-written side of the front door is served. */
export const HAND_WRITTEN_QUEUE = 'bench-hand-written';
