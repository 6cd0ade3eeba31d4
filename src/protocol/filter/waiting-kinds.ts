/** Whom or what runs wait for: the words of the filter and of `waiting_for`. */
export const WAITING_KINDS = [
  'question',
  'limit',
  'pause',
  'temporal_pause',
  'retry',
  'worker',
  'node',
  'hang',
  'held',
] as const;
export type WaitingKind = (typeof WAITING_KINDS)[number];
