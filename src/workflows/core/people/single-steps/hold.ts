/** Commands `hold` and `release`: a step does not start, or start again, while somebody holds it. Its run waits for it. */
import type { SignalMessage } from '../../../../protocol/signals.ts';
import { changeStep } from '../../kernel/draft.ts';
import type { Draft } from '../../kernel/draft.ts';
import { PROCESSED } from '../../kernel/receipt.ts';
import type { Receipt } from '../../kernel/receipt.ts';
import { letGo } from '../../steps/stop.ts';
import { hasEnded, refusedFor, shortReason, tell } from './target.ts';
import type { Target } from './target.ts';

export function hold(draft: Draft, target: Target, message: SignalMessage): Receipt {
  const ended = hasEnded(target);
  if (ended !== null) return ended;
  const { status, held } = target.state;
  if (status === 'running' || status === 'waiting') {
    const why = `has begun: it is ${status}; what can be held has not begun, or is between two tries`;
    return refusedFor(target, why, 'step_started');
  }
  if (held !== undefined) return refusedFor(target, `is held already${byText(held.by)}`, 'refused');
  const { by = null } = message;
  changeStep(draft, target.key, { held: { by, reason: shortReason(message), at: draft.at.now } });
  tell(draft, target, 'held', message);
  return PROCESSED;
}

export function release(draft: Draft, target: Target, message: SignalMessage): Receipt {
  const ended = hasEnded(target);
  if (ended !== null) return ended;
  if (target.state.held === undefined) return refusedFor(target, 'is not held', 'refused');
  letGo(draft, target.key);
  tell(draft, target, 'released', message);
  return PROCESSED;
}

const byText = (by: string | null): string => (by === null ? '' : ` by ${by}`);
