/**
 * Command `checkpoint`: a person names the point at which the run stands. Nothing else happens to it; its receipt tells
 * whoever keeps the record that the task is to be kept, under that label.
 */
import { MAX_LABEL_CHARS, textOf } from '../../../protocol/signals.ts';
import type { SignalMessage } from '../../../protocol/signals.ts';
import type { Draft } from '../kernel/draft.ts';
import { PROCESSED, refused } from '../kernel/receipt.ts';
import type { Receipt } from '../kernel/receipt.ts';

export function takeCheckpoint({ state }: Draft, message: SignalMessage): Receipt {
  const label = (textOf(message) ?? '').trim();
  if (label === '') return refused('"content" must be the label', 'malformed');
  if (label.length > MAX_LABEL_CHARS)
    return refused(`the label is longer than ${MAX_LABEL_CHARS} characters`, 'malformed');
  if (state.plan === null) return refused('the run has no plan yet: nothing could be restored');
  return PROCESSED;
}
