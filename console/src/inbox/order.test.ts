import { expect, it } from 'vitest';
import type { Question, RunNow } from '../api/generated.ts';
import { inboxOf } from './order.ts';

const now = Date.parse('2026-11-28T10:00:00Z');
const question = (id: string, asked: string, expires: string | null = null) =>
  ({ id, run_id: 'r', workflow: 'w', asked_at: asked, expires_at: expires, preview: id }) as Question;
const run = (id: string, kind: string) =>
  ({
    id,
    workflow: 'w',
    updated_at: '2026-11-28T01:00:00Z',
    waiting_for: [{ kind, step: 's', text: 'why', since: null }],
  }) as unknown as RunNow;

it('puts what expires soon first, then questions, then runs that are stuck, each the oldest first', () => {
  const questions = [
    question('new', '2026-11-28T09:00:00Z'),
    question('old', '2026-11-27T09:00:00Z'),
    question('soon', '2026-11-28T09:30:00Z', '2026-11-28T10:20:00Z'),
  ];
  const items = inboxOf(questions, [run('a', 'worker'), run('b', 'retry'), run('c', 'question')], now);
  expect(items.map(({ id }) => id)).toEqual(['r soon', 'r old', 'r new', 'a worker']);
});
