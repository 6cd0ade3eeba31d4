import { expect, it } from 'vitest';
import { receiptOf } from './receipt.ts';

const said = {
  action_type: 'instruction',
  action_status: 'pending' as const,
  reason: null,
  readers: [],
  metadata: {},
};
const reader = { step: 'code', agent: 'code', attempt: 1, turn: 12, status: 'processed' as const, at: '' };

it('follows a message from its record to its end', () => {
  expect(receiptOf(said)).toEqual({
    text: 'Recorded, before the next turn: not read yet',
    tone: 'idle',
    isUnread: true,
  });
  expect(receiptOf({ ...said, metadata: { delivery: 'interrupt' } })?.text).toContain('interrupts at once');
  expect(receiptOf({ ...said, action_status: 'acknowledged', readers: [reader] })?.text).toBe(
    'Read by code at turn 12',
  );
  expect(receiptOf({ ...said, action_status: 'ignored', reason: 'the run has ended' })?.text).toBe(
    'Came to nothing: the run has ended',
  );
  expect(receiptOf({ ...said, action_type: 'pause', action_status: 'processed' })?.text).toBe('In force');
  expect(receiptOf({ ...said, action_type: 'comment' })).toBeNull();
});
