/**
 * What the core's actions mean in Temporal: the commands that a host gives for them, and which of these reach the server.
 *
 * The one place that knows. The workflow's shell gives the commands to Temporal's SDK, the fold expects the events that
 * they lead to, and the test world plays them; none of them has a rule of its own. Nothing here decides anything, and
 * nothing knows the SDK.
 */
import type { Json, JsonObject } from '../../../plan/json.ts';
import type { Envelope } from '../../../protocol/envelope.ts';
import type { TerminalReason } from '../../../protocol/terminal-reason.ts';
import type { BlobRef } from '../../../protocol/values.ts';
import type { Action, CloseAction, ScheduleAction, StartRunAction } from '../kernel/contract.ts';

/** Temporal takes 400 bytes; a character has at most four. */
const MAX_SUMMARY_CHARS = 100;

/** In the order in which they are given; a close is the last of its task. */
export type Command = ScheduleAction | TimerCommand | CancelCommand | StartChildCommand | CloseCommand;

export interface TimerCommand {
  readonly type: 'start_timer';
  readonly id: string;
  readonly ms: number;
  readonly summary: string;
}

interface CancelCommand {
  readonly type: 'cancel_activity' | 'cancel_timer';
  readonly id: string;
}

/** Another run, which lives on by itself. An id counts once: a run that is there already is not started again. */
export interface StartChildCommand {
  readonly type: 'start_child';
  /** Workflow id. */
  readonly id: string;
  readonly workflowType: string;
  readonly args: readonly [inputs: JsonObject, envelope: Envelope];
  readonly memo: Readonly<Record<string, unknown>>;
  readonly summary: string;
}

/** How the execution ends. Temporal lets it end `cancelled` only while its own request stands. */
export type CloseCommand = { readonly type: 'close' } & (
  | { readonly status: 'completed'; readonly result: Json | BlobRef }
  | { readonly status: 'failed'; readonly failureType: TerminalReason; readonly message: string }
  | { readonly status: 'cancelled'; readonly message: string }
  | { readonly status: 'continued_as_new'; readonly args: readonly [inputs: unknown, envelope: Json] }
);

/** What an execution has under way in Temporal, as its workflow knows it. */
export interface Underway {
  /** Activities by the core's id; true once they were asked to stop. */
  readonly activities: ReadonlyMap<string, boolean>;
  readonly timers: ReadonlySet<string>;
}

export const NOTHING_UNDERWAY: Underway = { activities: new Map(), timers: new Set() };

/** Activities and timers of these ids have ended, and the workflow knows it. */
export function withoutEnded(underway: Underway, ids: readonly string[]): Underway {
  if (ids.length === 0) return underway;
  const activities = new Map(underway.activities);
  const timers = new Set(underway.timers);
  for (const id of ids) if (!activities.delete(id)) timers.delete(id);
  return { activities, timers };
}

/**
 * The commands for the actions of one decision, in their order, and what is under way after them. To stop what has
 * ended, or is being stopped, asks nothing of Temporal.
 */
export function commandsOf(
  before: Underway,
  actions: readonly Action[],
): { readonly commands: readonly Command[]; readonly underway: Underway } {
  if (actions.length === 0) return { commands: [], underway: before };
  const activities = new Map(before.activities);
  const timers = new Set(before.timers);
  const commands = actions.flatMap((action): Command[] => {
    switch (action.type) {
      case 'schedule':
        activities.set(action.id, false);
        return [action];
      case 'start_timer':
        timers.add(action.id);
        return [action];
      case 'cancel_activity':
        if (activities.get(action.id) !== false) return [];
        activities.set(action.id, true);
        return [action];
      case 'cancel_timer':
        return timers.delete(action.id) ? [action] : [];
      case 'start_run':
        return [startChild(action)];
      default:
        return [closeOf(action)];
    }
  });
  return { commands, underway: { activities, timers } };
}

/**
 * Which commands of one workflow task reach the server: what is begun and stopped in the same task does not.
 * `withdrawn`: the activities among that, which Temporal reports cancelled at once, within the task.
 */
export function reachingServer(commands: readonly Command[]): {
  readonly sent: readonly Command[];
  readonly withdrawn: readonly string[];
} {
  const stops = commands.flatMap((command) => stopOf(command) ?? []);
  if (stops.length === 0) return { sent: commands, withdrawn: [] };
  const begun = new Set(commands.map(beginningOf));
  const pairs = new Set(stops.filter((thing) => begun.has(thing)));
  const isPaired = (command: Command): boolean => pairs.has(beginningOf(command) ?? stopOf(command) ?? '');
  return {
    sent: commands.filter((command) => !isPaired(command)),
    withdrawn: commands.flatMap((command) =>
      command.type === 'schedule' && isPaired(command) ? [command.id] : [],
    ),
  };
}

function beginningOf(command: Command): string | null {
  if (command.type === 'schedule') return `activity ${command.id}`;
  return command.type === 'start_timer' ? `timer ${command.id}` : null;
}

function stopOf(command: Command): string | null {
  if (command.type === 'cancel_activity') return `activity ${command.id}`;
  return command.type === 'cancel_timer' ? `timer ${command.id}` : null;
}

function startChild({ id, workflow, version, summary, inputs, envelope }: StartRunAction): StartChildCommand {
  return {
    type: 'start_child',
    id,
    workflowType: workflow,
    args: [inputs, envelope],
    memo: { version, labels: envelope.labels },
    summary: summary.slice(0, MAX_SUMMARY_CHARS),
  };
}

function closeOf(action: CloseAction): CloseCommand {
  switch (action.type) {
    case 'complete':
      return { type: 'close', status: 'completed', result: action.output };
    case 'fail':
      return { type: 'close', status: 'failed', failureType: action.reason, message: action.message };
    case 'cancelled':
      return action.requested
        ? { type: 'close', status: 'cancelled', message: action.message }
        : { type: 'close', status: 'failed', failureType: action.reason, message: action.message };
    case 'continue':
      return { type: 'close', status: 'continued_as_new', args: [action.inputs, action.envelope] };
  }
}
