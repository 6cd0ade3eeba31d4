/** Why a run ended, for machines. */
export type TerminalReason =
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'redirected'
  | 'error_max_turns'
  | 'error_max_budget'
  | 'error_timeout'
  | 'inputs_invalid'
  | 'definition_not_found'
  /** Its workflow code kept workers busy until they had to be replaced, again and again. */
  | 'expression_too_costly';
