import { expect, test } from 'vitest';
import type { Action, ScheduleAction, StartRunAction } from '../../workflows/core/index.ts';
import { ShellMirror } from './shell-mirror.ts';

const schedule = (id: string): Action => ({ type: 'schedule', id }) as ScheduleAction;
const cancelActivity = (id: string): Action => ({ type: 'cancel_activity', id });
const startTimer = (id: string): Action => ({ type: 'start_timer', id, ms: 5, summary: '' });
const startRun = (id: string): Action => ({ type: 'start_run', id }) as StartRunAction;
const cancelTimer = (id: string): Action => ({ type: 'cancel_timer', id });

test('what is scheduled and cancelled in one task is never sent, and is cancelled at once', () => {
  const shell = new ShellMirror();
  expect(shell.perform([schedule('a#1'), startTimer('t1')])).toEqual([]);
  expect(shell.perform([cancelActivity('a#1'), cancelTimer('t1')])).toEqual(['a#1']);
  const commands = shell.takeCommands();
  expect(commands.schedules).toEqual([]);
  expect(commands.timers).toEqual([]);
  expect([...commands.activityCancels, ...commands.timerCancels]).toEqual([]);
});

test('a second cancellation of the same activity sends nothing', () => {
  const shell = new ShellMirror();
  shell.perform([schedule('a#1')]);
  shell.takeCommands();
  shell.perform([cancelActivity('a#1')]);
  expect([...shell.takeCommands().activityCancels]).toEqual(['a#1']);
  shell.perform([cancelActivity('a#1')]);
  expect([...shell.takeCommands().activityCancels]).toEqual([]);
});

test('cancelling what has ended sends nothing', () => {
  const shell = new ShellMirror();
  shell.perform([schedule('a#1'), startTimer('t1')]);
  shell.takeCommands();
  shell.ended('a#1');
  shell.ended('t1');
  shell.perform([cancelActivity('a#1'), cancelTimer('t1')]);
  const commands = shell.takeCommands();
  expect([...commands.activityCancels, ...commands.timerCancels]).toEqual([]);
});

test('another run is started once', () => {
  const shell = new ShellMirror();
  shell.perform([startRun('run-2')]);
  expect(shell.takeCommands().runStarts).toMatchObject([{ id: 'run-2' }]);
  expect(shell.takeCommands().runStarts).toEqual([]);
  expect(shell.isClosing).toBe(false);
});
