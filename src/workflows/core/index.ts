/** The pure core of a run: see contract.ts for what goes in and out, state.ts for what it keeps. */
export { advance, begin } from './run/advance.ts';
export type {
  Action,
  Advance,
  CloseAction,
  Fact,
  Moment,
  ScheduleAction,
  Start,
  StartRunAction,
} from './kernel/contract.ts';
export type { MessageDetails, Note } from './kernel/notes.ts';
export { parseMessage } from './people/parse-message.ts';
export type { RunState, StepState } from './kernel/state.ts';
export { addressOf } from './kernel/activity-ids.ts';
export { tellsStops, toldCause } from './run/cancel.ts';
export { checkpointOf } from './run/carry.ts';
export { FIRST_VERSION, since } from './kernel/versions.ts';
export { statusOf, statusText, threadOf } from './run/status.ts';
