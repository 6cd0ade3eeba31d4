/** Why a step or a run was stopped, as the core says it, with who and why where history alone knows: bare requests. */
import { toldCause } from '../../../workflows/core/index.ts';
import type { RunState } from '../../../workflows/core/index.ts';
import { textMemberOf } from '../record/usage.ts';
import type { View } from '../record/view.ts';

/** @param state after the whole task */
export function causeTold(view: View, reason: string, state: RunState): string {
  const ended = view.rows.run.metadata['ended_by'];
  const known = { by: textMemberOf(ended, 'by'), reason: textMemberOf(ended, 'reason') };
  return toldCause(state, reason, known);
}
