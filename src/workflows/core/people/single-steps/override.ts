/**
 * Command `override`: a step that has ended gets another result, as long as nothing has begun that reads it.
 *
 * What was skipped or cancelled because of its failure stays so.
 */
import { parentOf, pathOf } from '../../../../plan/address.ts';
import type { Address } from '../../../../plan/address.ts';
import type { SignalMessage } from '../../../../protocol/signals.ts';
import type { Draft } from '../../kernel/draft.ts';
import { planIndex } from '../../kernel/plan-index.ts';
import { PROCESSED, refused } from '../../kernel/receipt.ts';
import type { Receipt } from '../../kernel/receipt.ts';
import { inlineResult } from '../../kernel/results.ts';
import { isSettled } from '../../kernel/state.ts';
import { lastTryOf } from '../../steps/anew.ts';
import { overrideStep } from '../../steps/decided.ts';
import { faultOfValue, refusedFor } from './target.ts';
import type { Target } from './target.ts';

/** So many names of readers are told. */
const MOST = 20;

export function override(draft: Draft, target: Target, message: SignalMessage): Receipt {
  const { key, state } = target;
  const { value, by = null } = message;
  if (value === undefined) return refused('"value" is missing: the new result', 'malformed');
  if (!isSettled(state.status))
    return refusedFor(target, `has not ended: it is ${state.status}; skip it with a value`, 'step_not_ended');
  if (state.status === 'cancelled')
    return refusedFor(target, 'was cancelled, and has no result to be replaced', 'step_ended');
  const tooLarge = faultOfValue(target, value);
  if (tooLarge !== null) return tooLarge;
  const readers = readersOf(draft, key);
  if (readers.length > 0)
    return refusedFor(target, `has been read by ${readers.slice(0, MOST).join(', ')}`, 'step_read');
  if (draft.state.phase !== 'running')
    return refusedFor(target, 'has been read: the outputs of the run are being put together', 'step_read');
  overrideStep(draft, key, inlineResult(value), by);
  return PROCESSED;
}

/** The steps that have begun, or failed for it, and read something of this one. */
function readersOf(draft: Draft, key: Address): readonly Address[] {
  const readers = planIndex(draft).readers(pathOf(key));
  if (readers.size === 0) return [];
  const around = parentOf(key);
  const isSeen = (address: Address) => around === null || address.startsWith(`${around}/`);
  return Object.entries(draft.steps).flatMap(([address, state]) => {
    const hasRead = lastTryOf(state) > 0 || state.status === 'failed';
    return hasRead && address !== key && readers.has(pathOf(address)) && isSeen(address) ? [address] : [];
  });
}
