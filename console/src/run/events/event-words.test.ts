import { expect, it } from 'vitest';
import { eventWords, isFault } from './event-words.ts';

const event = (type: string, data: object, step: string | null = 'plan') => ({ type, data, step, turn: 2 });

it('says in one line what happened', () => {
  expect(eventWords(event('status_change', { from: 'pending', to: 'running' }))).toBe(
    'plan: pending → running',
  );
  expect(eventWords(event('tool_call', { name: 'read_file', preview: '{"path":"a"}' }))).toBe(
    'plan calls read_file {"path":"a"}',
  );
  expect(eventWords(event('llm_complete', { model: 'm', preview: '' }))).toBe('plan: m answered in turn 2');
  expect(eventWords(event('workspace', { state: 'opening' }, null))).toBe('The run: opening');
  expect(eventWords(event('of a later version', {}))).toBe('plan: ');
});

it('knows what went wrong', () => {
  expect(
    [
      event('error', {}),
      event('tool_response', { is_error: true }),
      event('status_change', { to: 'failed' }),
      event('message', {}),
    ].map(isFault),
  ).toEqual([true, true, true, false]);
});
