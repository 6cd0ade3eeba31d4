import { describe, expect, test } from 'vitest';
import type { Envelope } from '../../../protocol/envelope.ts';
import type { Action, ScheduleAction } from '../kernel/contract.ts';
import { commandsOf, NOTHING_UNDERWAY, reachingServer, withoutEnded } from './commands.ts';

const schedule = (id: string): Action => ({ type: 'schedule', id }) as ScheduleAction;
const cancelActivity = (id: string): Action => ({ type: 'cancel_activity', id });
const startTimer = (id: string): Action => ({ type: 'start_timer', id, ms: 5, summary: '' });
const cancelTimer = (id: string): Action => ({ type: 'cancel_timer', id });
const BEGUN = [schedule('a#1'), startTimer('t1')];
const STOPPED = [cancelActivity('a#1'), cancelTimer('t1')];
const begun = commandsOf(NOTHING_UNDERWAY, BEGUN);

describe('what is asked of Temporal', () => {
  test('everything that is begun, and each thing that is stopped, once and in order', () => {
    expect(begun.commands).toEqual(BEGUN);
    const first = commandsOf(begun.underway, STOPPED);
    expect(first.commands).toEqual(STOPPED);
    expect(commandsOf(first.underway, STOPPED).commands).toEqual([]);
  });

  test('nothing for what has ended', () => {
    expect(commandsOf(withoutEnded(begun.underway, ['a#1', 't1']), STOPPED).commands).toEqual([]);
  });

  test('another run, with what Temporal shows of it', () => {
    const envelope = { labels: { team: 'x' } } as unknown as Envelope;
    const asked = {
      type: 'start_run',
      id: 'run-2',
      workflow: 'w',
      version: '1',
      inputs: { a: 1 },
      envelope,
    } as const;
    const { commands } = commandsOf(NOTHING_UNDERWAY, [{ ...asked, summary: 'x'.repeat(200) }]);
    const memo = { version: '1', labels: { team: 'x' } };
    const args = [{ a: 1 }, envelope];
    expect(commands).toEqual([
      { type: 'start_child', id: 'run-2', workflowType: 'w', args, memo, summary: 'x'.repeat(100) },
    ]);
  });

  test.each<[Action, object]>([
    [
      { type: 'complete', output: 7 },
      { status: 'completed', result: 7 },
    ],
    [
      { type: 'fail', reason: 'failed', message: 'no' },
      { status: 'failed', failureType: 'failed', message: 'no' },
    ],
    [
      { type: 'cancelled', reason: 'redirected', requested: true, message: 'enough' },
      { status: 'cancelled', message: 'enough' },
    ],
    [
      { type: 'cancelled', reason: 'redirected', requested: false, message: 'enough' },
      { status: 'failed', failureType: 'redirected', message: 'enough' },
    ],
    [
      { type: 'continue', inputs: {}, envelope: { epoch: 1 } },
      { status: 'continued_as_new', args: [{}, { epoch: 1 }] },
    ],
  ])('an end: %j', (action, command) => {
    expect(commandsOf(NOTHING_UNDERWAY, [action]).commands).toEqual([{ type: 'close', ...command }]);
  });
});

describe('what reaches the server', () => {
  test('is all, unless it is begun and stopped in the same task', () => {
    expect(reachingServer(begun.commands)).toEqual({ sent: BEGUN, withdrawn: [] });
    const { commands } = commandsOf(begun.underway, STOPPED);
    expect(reachingServer(commands)).toEqual({ sent: STOPPED, withdrawn: [] });
    const other = schedule('b#1');
    expect(reachingServer(commandsOf(NOTHING_UNDERWAY, [...BEGUN, other, ...STOPPED]).commands)).toEqual({
      sent: [other],
      withdrawn: ['a#1'],
    });
  });
});
