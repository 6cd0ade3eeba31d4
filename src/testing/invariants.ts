/** What must hold at every decision of the core, whatever happens to a run. */
import type { Action, Advance, RunState, ScheduleAction } from '../workflows/core/index.ts';
import type { Live } from './execution.ts';

/** Thrown when a rule is broken that holds always. */
export class BrokenInvariant extends Error {}

/** What was given is frozen, so that changing it throws. */
export function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const member of Object.values(value) as unknown[]) freeze(member);
  return value;
}

/** @param before what was under way when the task began */
export function checkDecisions(before: Live, decisions: readonly Advance[]): void {
  // What has ended since the last task is still open to whatever the core looks at before.
  const ended = before.facts.flatMap((fact) => ('id' in fact ? [fact.id] : []));
  const open = {
    activities: new Set([...before.activities.keys(), ...ended]),
    timers: new Set([...before.timers.keys(), ...ended]),
    begun: new Set<string>(),
    again: new Set(ended),
  };
  decisions.forEach(({ state, actions }, index) => {
    const last = index === decisions.length - 1 ? actions.at(-1) : undefined;
    for (const action of actions) checkAction(action, state, open, action === last);
  });
}

interface Open {
  readonly activities: Set<string>;
  readonly timers: Set<string>;
  /** Activities that this task itself begins. */
  readonly begun: Set<string>;
  /** Activities that may begin once more: they have ended, or were begun and told to stop by this task itself. */
  readonly again: Set<string>;
}

function checkAction(action: Action, state: RunState, open: Open, isLast: boolean): void {
  const { activities, timers, begun, again } = open;
  const must = (holds: boolean, what: string): void => {
    if (!holds) throw new BrokenInvariant(what);
  };
  switch (action.type) {
    case 'schedule':
      must(mayBegin(action, state), `${action.id} is dispatched while paused`);
      must(again.delete(action.id) || !activities.has(action.id), `${action.id} is open already`);
      must(!isHeld(action, state), `${action.id} is dispatched while its step is held`);
      activities.add(action.id);
      begun.add(action.id);
      return;
    case 'start_timer':
      must(!timers.has(action.id), `timer ${action.id} is set already`);
      timers.add(action.id);
      return;
    case 'cancel_activity':
      must(activities.has(action.id), `${action.id} is not open`);
      return void (begun.delete(action.id) && again.add(action.id));
    case 'cancel_timer':
      return must(timers.delete(action.id), `timer ${action.id} is not set`);
    case 'start_run':
      return;
    default:
      must(isLast, `there are actions after ${action.type}`);
  }
}

/** Does somebody keep its step from starting? */
const isHeld = ({ id }: ScheduleAction, { steps }: RunState): boolean =>
  steps[id.split('#')[0] ?? '']?.held !== undefined;

/** What a milder pause lets go on: agents at work to the end of their turn or step, and a workspace that is made. */
function mayBegin({ activity }: ScheduleAction, { paused }: RunState): boolean {
  if (paused === null || activity === 'plan') return true;
  if (paused.mode === 'now') return false;
  return (
    activity === 'tool' || activity === 'workspace' || (paused.mode === 'after_step' && activity === 'agent')
  );
}

/** What the core believes to be under way is what is under way in Temporal. */
export function checkUnderway({ activities, timers }: Live, state: RunState): void {
  if (state.phase === 'closed') return;
  const unknown = Object.keys(state.open).filter((id) => !activities.has(id));
  // What did not stop in its grace time is given up, while a successor is waited for.
  const forgotten =
    state.phase === 'cancelling' ? [] : [...activities.keys()].filter((id) => !(id in state.open));
  const clocks = [...Object.keys(state.timers), ...timers.keys()].filter(
    (id) => !timers.has(id) || !(id in state.timers),
  );
  const wrong = [...unknown, ...forgotten, ...clocks];
  if (wrong.length > 0)
    throw new BrokenInvariant(`core and Temporal do not agree whether these are open: ${wrong.join(', ')}`);
}
