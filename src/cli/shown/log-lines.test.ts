import { describe, expect, it } from 'vitest';
import { logLines, type LoggedEvent } from './log-lines.ts';

const event = (type: string, data: LoggedEvent['data'], more: Partial<LoggedEvent> = {}): LoggedEvent => ({
  seq: 1,
  type,
  step: 'code',
  turn: 2,
  at: '2026-11-21T10:00:00.000Z',
  data,
  ...more,
});
const textsOf = (logged: LoggedEvent) => logLines(logged).map(({ text }) => text);

describe('lines of a log', () => {
  it.each<[string, LoggedEvent['data'], string[]]>([
    ['workflow_start', { started_by: 'ann' }, ['run started by ann']],
    ['plan', { version: '1.0.0', step_count: 1 }, ['plan 1.0.0 with 1 step']],
    ['status_change', { scope: 'step', to: 'running' }, ['running']],
    ['status_change', { scope: 'step', to: 'skipped', reason: 'no need' }, ['skipped: no need']],
    [
      'status_change',
      { scope: 'step', from: 'pending', to: 'pending', held: true, by: 'ann', reason: 'wait' },
      ['held by ann: wait'],
    ],
    ['status_change', { scope: 'step', to: 'completed', overridden: true }, ['result replaced']],
    ['status_change', { scope: 'step', to: 'pending', rerun: true, by: 'ann' }, ['runs anew by ann']],
    ['status_change', { scope: 'run', to: 'running' }, []],
    ['tool_call', { name: 'read_file', input: { path: 'a' } }, ['→ read_file {"path":"a"}']],
    [
      'tool_response',
      { name: 'read_file', is_error: true, preview: 'none\nat all' },
      ['← read_file failed: none', 'at all'],
    ],
    ['error', { type: 'timeout', message: 'too late' }, ['error: too late [timeout]']],
    [
      'error',
      {
        type: 'command_failed',
        message: 'exit 1',
        stdout_tail: 'a\nb\n',
        stderr_tail: 'c',
        will_retry: true,
      },
      ['| a', '| b', '! c', 'error: exit 1 [command_failed]; tried again'],
    ],
    [
      'status_change',
      { scope: 'step', to: 'completed', output: { value: { exit_code: 0, stdout: 'built\n', stderr: '' } } },
      ['| built', 'completed'],
    ],
    ['status_change', { scope: 'step', to: 'completed', output: { value: 'text' } }, ['completed']],
    ['complete', { status: 'failed', error: { message: 'why' } }, ['run failed: why']],
    ['message', { by: 'ann', action: 'instruction', content: 'Use tabs' }, ['ann: [instruction] Use tabs']],
    ['message', { by: 'code', action: 'comment', content: 'Reading file' }, []],
    ['brand_new', { a: 1 }, ['brand_new {"a":1}']],
  ])('%s %j', (type, data, texts) => {
    expect(textsOf(event(type, data))).toEqual(texts);
  });

  it('tell what a model said, whole where that is there, with what it took', () => {
    const usage = { total_tokens: 12, cost_micros: 1_500 };
    expect(textsOf(event('llm_complete', { model: 'm', usage, preview: 'a\nb' }))).toEqual([
      'turn 2 of m, 12 tokens, $0.0015',
      '  a',
      '  b',
    ]);
    expect(textsOf(event('llm_complete', { model: 'm', preview: 'a…', message: { text: 'all' } }))).toContain(
      '  all',
    );
  });

  it('carry time and step; live events call the time ts', () => {
    const { at: _, ...live } = event('status_change', { scope: 'step', to: 'running' });
    expect(logLines({ ...live, ts: '2026-11-21T11:00:00.000Z' })).toEqual([
      { at: '2026-11-21T11:00:00.000Z', step: 'code', text: 'running' },
    ]);
  });
});
