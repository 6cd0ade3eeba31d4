/** The pure core of a run: see contract.ts for what goes in and out, state.ts for what it keeps. */
export { advance, begin } from './run/advance.ts';
export { commandsOf, NOTHING_UNDERWAY, withoutEnded } from './host/commands.ts';
export type { CloseCommand, Command, StartChildCommand, TimerCommand, Underway } from './host/commands.ts';
export { failureOf, runAnswered } from './host/facts.ts';
export { NOT_BEGUN, playTask } from './host/task.ts';
export type { Hosted, TaskPlayed } from './host/task.ts';
export type {
  Action,
  Advance,
  CloseAction,
  ConditionSeen,
  Fact,
  Moment,
  ScheduleAction,
  Sight,
  Start,
  StartRunAction,
  Watch,
} from './kernel/contract.ts';
export type { MessageDetails, Note, ProposedBy } from './kernel/notes.ts';
export { parseMessage } from './people/parse-message.ts';
export type { Kinds } from './kernel/kind.ts';
export type { RunState, StepState } from './kernel/state.ts';
export { ownerOf } from './kernel/owners.ts';
export { KINDS } from './kinds/index.ts';
export { REHEARSED } from './kinds/rehearsed.ts';
export { lastTryOf } from './steps/anew.ts';
export { tellsStops, toldCause } from './steps/stop.ts';
export { handedOver } from './run/begin.ts';
export { checkpointOf, leanCarry, restoredCarry } from './run/carry.ts';
export { departed, departureFaults } from './run/departure.ts';
export type { Departure, GivenEnd } from './run/departure.ts';
export { filesThen } from './steps/files-then.ts';
export { filesOf } from './steps/snapshots.ts';
export type { FilesThen } from './steps/files-then.ts';
export { travels } from './steps/kept-parts.ts';
export { fatesOf } from './run/fates.ts';
export type { Fate } from './run/fates.ts';
export { mayAct } from './kernel/kind.ts';
export { FIRST_VERSION, since, UnknownInterpreterError } from './kernel/versions.ts';
export { statusOf, statusText, threadOf } from './run/status.ts';
export { waitsFor } from './why/waits-for.ts';
export type { Wait } from './why/waits-for.ts';
