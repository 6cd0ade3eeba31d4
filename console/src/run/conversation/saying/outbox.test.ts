import { describe, expect, it } from 'vitest';
import { afterReload, drop, outboxOf, send } from './outbox.ts';

const body = { content: 'Use JWT' };
const words = (error: unknown) => String(error);
const states = (runId: string) => outboxOf(runId).map(({ id, state, why }) => [id, state, why]);

describe('what was said and does not stand in the conversation yet', () => {
  it('is there at once, and until it does', async () => {
    let answer = () => {};
    const sent = send('r1', { id: 'm1', body }, () => new Promise((done) => (answer = done)), words);
    expect(states('r1')).toEqual([['m1', 'sending', null]]);
    answer();
    await sent;
    expect(states('r1')).toEqual([['m1', 'recorded', null]]);
    drop('r1', new Set(['m1']));
    expect(states('r1')).toEqual([]);
  });

  it('stays with the reason where it was not taken, and goes again in its place', async () => {
    const refuse = () => Promise.reject(new Error('too many'));
    await send('r2', { id: 'm1', body }, refuse, words);
    await send('r2', { id: 'm2', body }, () => Promise.resolve(), words);
    expect(states('r2')).toEqual([
      ['m1', 'failed', 'Error: too many'],
      ['m2', 'recorded', null],
    ]);
    await send('r2', { id: 'm1', body }, () => Promise.resolve(), words);
    expect(states('r2')).toEqual([
      ['m1', 'recorded', null],
      ['m2', 'recorded', null],
    ]);
  });

  it('does not come back once the conversation has shown it before the answer came', async () => {
    let answer = () => {};
    const sent = send('r3', { id: 'm1', body }, () => new Promise((done) => (answer = done)), words);
    drop('r3', new Set(['m1']));
    answer();
    await sent;
    expect(states('r3')).toEqual([]);
  });

  it('can be tried again after the page was left meanwhile', () => {
    const left = afterReload([{ id: 'm1', body, state: 'sending', why: null }]);
    expect(left).toMatchObject([{ id: 'm1', body, state: 'failed' }]);
  });
});
