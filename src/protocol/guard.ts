/**
 * How Baton itself ends a run that would take workers along: by a termination, since its workflow code cannot be asked
 * any more. The tables show such a run as failed.
 */
import type { TerminalReason } from './terminal-reason.ts';

/** Who terminates then. */
export const GUARD_IDENTITY = 'baton-guard';

const REASON = 'expression_too_costly' satisfies TerminalReason;

/** The reason that is given to Temporal. */
export function guardReason(message: string): string {
  return `${REASON}: ${message}`;
}

/** Why the guard has ended a run; null when somebody else did. */
export function guardedEnding(
  identity: string | null,
  reason: string | null,
): { readonly reason: TerminalReason; readonly message: string } | null {
  if (identity !== GUARD_IDENTITY || reason?.startsWith(`${REASON}: `) !== true) return null;
  return { reason: REASON, message: reason.slice(REASON.length + 2) };
}
