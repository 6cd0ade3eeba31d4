/** Why a run ended, for machines. Later: redirected. */
export type TerminalReason =
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'error_max_turns'
  | 'error_max_budget'
  | 'error_timeout'
  | 'inputs_invalid'
  | 'definition_not_found';
