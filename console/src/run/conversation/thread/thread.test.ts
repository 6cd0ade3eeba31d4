import { describe, expect, it } from 'vitest';
import type { RunEvent, RunMessage } from '../../../api/generated.ts';
import { keyOf } from './entries.ts';
import { joined, threadOf, unsettled } from './thread.ts';

const message = (seq: number, status: RunMessage['action_status'] = 'processed') =>
  ({ seq, message_type: 'user', action_status: status, step: null, metadata: {} }) as RunMessage;
const tool = (seq: number, type: 'tool_call' | 'tool_response', index = 0) =>
  ({ seq, type, step: 'code', attempt: 1, turn: 1, data: { index } }) as unknown as RunEvent;
const said = (seq: number) =>
  ({ ...message(seq), message_type: 'agent', step: 'code', content: 'Listed 5 files' }) as RunMessage;

describe('what is known of a conversation', () => {
  it('grows before, behind and in its middle, each entry once and in order', () => {
    const newest = threadOf({ messages: [message(30), message(40)], from: 30 });
    const older = joined(newest, { messages: [message(10), message(20)], from: 10 });
    const live = joined(older, { messages: [message(40), message(50)] });
    expect(live.messages.map(({ seq }) => seq)).toEqual([10, 20, 30, 40, 50]);
    expect(live.from).toBe(10);
    expect(joined(live, { messages: [message(5)], from: 0 }).from).toBe(0);
  });

  it('takes what was read later in the place of what was known', () => {
    const known = threadOf({ messages: [message(1, 'pending'), message(2), message(3, 'acknowledged')] });
    expect(unsettled(known)).toEqual([1, 3]);
    const now = joined(known, { messages: [message(1)] });
    expect(unsettled(now)).toEqual([3]);
    expect(now.entries.map((entry, at) => entry === known.entries[at])).toEqual([false, true, true]);
  });

  it('shows what became of a call with the call, also while that has not been read', () => {
    const part = threadOf({
      messages: [said(11), message(12)],
      events: [tool(11, 'tool_response')],
      from: 11,
    });
    expect(part.entries.map(keyOf)).toEqual(['12 message']);
    const whole = joined(part, { events: [tool(9, 'tool_call')], from: 0 });
    expect(whole.entries.map(keyOf)).toEqual(['9 tool', '12 message']);
    expect(whole.entries[0]).toMatchObject({ comment: 'Listed 5 files', response: { seq: 11 } });
  });

  it('shows what was said of a call of which nothing is told', () => {
    const whole = threadOf({ messages: [said(11)], events: [tool(11, 'tool_response')] });
    expect(whole.entries.map(keyOf)).toEqual(['11 message']);
  });
});
