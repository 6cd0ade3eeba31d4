import { expect, it } from 'vitest';
import { nextActions } from './next-action.ts';

const wait = {
  step: 'deploy',
  text: 'Ship it?',
  question: null,
  asks: null,
  call: null,
  who: [],
  attempt: null,
  times: null,
  since: null,
  until: null,
};
const now = Date.parse('2026-11-28T10:00:00Z');

it('puts what only people can do first', () => {
  const waits = [
    { ...wait, kind: 'retry' as const, attempt: 2, text: '429', until: '2026-11-28T10:01:30Z' },
    { ...wait, kind: 'question' as const, who: ['ana'], since: '2026-11-28T07:50:00Z' },
  ];
  expect(nextActions(waits, now).map(({ text }) => text)).toEqual([
    'deploy asks somebody (ana), for 2 h 10 m: Ship it?',
    'deploy failed at try 2, goes on in 1 m 30 s: 429',
  ]);
});

it('says of a wait that is over that it is, whatever the clock here says', () => {
  const [action] = nextActions(
    [{ ...wait, kind: 'pause' as const, text: null, until: '2026-11-28T09:59:00Z' }],
    now,
  );
  expect(action?.text).toBe('Paused, goes on any moment');
});
