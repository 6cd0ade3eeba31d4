/** Why a run ended, for machines. */
import { LIMIT_ERRORS } from './limits.ts';

export const TERMINAL_REASONS = [
  ...(['completed', 'failed', 'cancelled', 'redirected'] as const),
  ...LIMIT_ERRORS,
  ...(['inputs_invalid', 'definition_not_found'] as const),
  /** Its workflow code kept workers busy until they had to be replaced, again and again. */
  'expression_too_costly',
] as const;
export type TerminalReason = (typeof TERMINAL_REASONS)[number];
