/** The pure core of a run: see contract.ts for what goes in and out, state.ts for what it keeps. */
export { advance, begin } from './advance.ts';
export type {
  Action,
  Advance,
  CloseAction,
  Fact,
  Moment,
  ScheduleAction,
  Start,
  StartRunAction,
} from './contract.ts';
export type { MessageDetails, Note } from './notes.ts';
export { parseMessage } from './messages/parse-message.ts';
export { isSettled } from './state.ts';
export type { RunState, StepState, StepStatus } from './state.ts';
export { addressOf } from './activity-ids.ts';
export { tellsStops, toldCause } from './cancel.ts';
export { checkpointOf } from './carry.ts';
export { FIRST_VERSION, since } from './versions.ts';
export { statusOf, statusText, threadOf } from './status.ts';
