/** A timer has fired. */
import { changeStep } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import type { Timer } from '../kernel/state.ts';
import { expireQuestion } from '../people/answers.ts';
import { timeOut } from '../people/cancel.ts';
import { expireMessage } from '../people/inbox.ts';
import { pauseTimedOut } from '../people/pause.ts';
import { reopenWorkspace } from '../steps/workspace.ts';
import { loadPlan } from './begin.ts';
import { giveUpDrain } from './drain.ts';
import { endGrace } from './finish-cancel.ts';
import { scheduleOutputs } from './outputs.ts';

export function takeTimer(draft: Draft, id: string): void {
  const timer = draft.timers[id];
  if (timer === undefined) return;
  delete draft.timers[id];
  switch (timer.for) {
    case 'retry':
      return takeRetry(draft, timer);
    case 'pause':
      return pauseTimedOut(draft);
    case 'grace':
      return endGrace(draft);
    case 'timeout':
      return timeOut(draft);
    case 'drain':
      return giveUpDrain(draft);
    case 'outputs':
      if (draft.state.plan !== null) scheduleOutputs(draft, draft.state.plan);
      return;
    case 'question':
      return expireQuestion(draft, id);
    case 'message':
      return expireMessage(draft, id);
    case 'workspace':
      return reopenWorkspace(draft);
    // These lead to a further task, and to nothing else.
    case 'request':
    case 'yield':
      return;
    default:
      if (timer.step !== null) draft.kinds.timers[timer.for]?.(draft, timer.step);
  }
}

/** Ready for a further try; a retry without a step is the plan's. */
function takeRetry(draft: Draft, timer: Timer): void {
  if (timer.step !== null) changeStep(draft, timer.step, { status: 'pending' });
  else loadPlan(draft);
}
