/** Why a run ended, for machines. Later: error_max_turns, error_max_budget, redirected. */
export type TerminalReason =
  'completed' | 'failed' | 'cancelled' | 'error_timeout' | 'inputs_invalid' | 'definition_not_found';
