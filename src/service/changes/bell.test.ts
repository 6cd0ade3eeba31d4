import { describe, expect, it } from 'vitest';
import { Bell } from './bell.ts';

const LONG = 60_000;

describe('Bell', () => {
  it('wakes who waits', async () => {
    const bell = new Bell();
    const waiting = bell.wait(LONG);
    bell.ring();
    await expect(waiting).resolves.toBe(true);
  });

  it('remembers a ring that came before the wait, once', async () => {
    const bell = new Bell();
    bell.ring();
    bell.ring();
    await expect(bell.wait(LONG)).resolves.toBe(true);
    await expect(bell.wait(1)).resolves.toBe(false);
  });
});
