/**
 * What the workflow's shell does with the core's actions, without Temporal: which commands of one workflow task
 * really reach the server.
 *
 * Cancelling what has already ended, or is already being cancelled, sends nothing. What is scheduled and cancelled in
 * the same task never reaches the server; such an activity is reported cancelled at once, in the same task.
 */
import type { Action, CloseAction, ScheduleAction, StartRunAction } from '../../workflows/core/index.ts';
import type { Commands, TimerCommand } from './expectation.ts';

export class ShellMirror {
  /** Activities under way, by the core's id; true once they were asked to stop. */
  readonly #activities = new Map<string, boolean>();
  readonly #timers = new Set<string>();
  #schedules = new Map<string, ScheduleAction>();
  #timerStarts = new Map<string, TimerCommand>();
  #activityCancels = new Set<string>();
  #timerCancels = new Set<string>();
  #runStarts: StartRunAction[] = [];
  #close: CloseAction | null = null;

  /** An activity or timer has ended, and the workflow knows it. */
  ended(id: string): void {
    this.#activities.delete(id);
    this.#timers.delete(id);
  }

  /** Carries actions out; answers the activities that are cancelled at once. */
  perform(actions: readonly Action[]): readonly string[] {
    const stopped: string[] = [];
    for (const action of actions) {
      switch (action.type) {
        case 'schedule':
          this.#activities.set(action.id, false);
          this.#schedules.set(action.id, action);
          break;
        case 'start_timer':
          this.#timers.add(action.id);
          this.#timerStarts.set(action.id, { id: action.id, ms: action.ms });
          break;
        case 'cancel_activity':
          if (this.#cancelActivity(action.id)) stopped.push(action.id);
          break;
        case 'cancel_timer':
          this.#cancelTimer(action.id);
          break;
        case 'start_run':
          this.#runStarts.push(action);
          break;
        default:
          this.#close = action;
      }
    }
    return stopped;
  }

  get isClosing(): boolean {
    return this.#close !== null;
  }

  /** The task's commands; the next task starts with none. */
  takeCommands(): Commands {
    const commands: Commands = {
      schedules: [...this.#schedules.values()],
      timers: [...this.#timerStarts.values()],
      activityCancels: this.#activityCancels,
      timerCancels: this.#timerCancels,
      runStarts: this.#runStarts,
      close: this.#close,
    };
    this.#schedules = new Map();
    this.#timerStarts = new Map();
    this.#activityCancels = new Set();
    this.#timerCancels = new Set();
    this.#runStarts = [];
    this.#close = null;
    return commands;
  }

  #cancelActivity(id: string): boolean {
    if (this.#activities.get(id) !== false) return false;
    if (this.#schedules.delete(id)) return true;
    this.#activities.set(id, true);
    this.#activityCancels.add(id);
    return false;
  }

  #cancelTimer(id: string): void {
    if (this.#timers.delete(id) && !this.#timerStarts.delete(id)) this.#timerCancels.add(id);
  }
}
