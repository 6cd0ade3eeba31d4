/** What a caller asks for as the run is told it. Pure. */
import type { Continuation } from '../../protocol/envelope.ts';
import { grantedLimits } from '../../protocol/limits.ts';
import type { ContinueRun } from '../../contract/continue.ts';

/** @param step as chosen; null = every step that stopped half way. */
export function continuationOf(body: ContinueRun, step: string | null): Continuation {
  const { message, by } = body;
  return { step, limits: grantedLimits(body), message: message ?? null, by: by ?? null };
}
