/** The time of one thread is not that of the others. */
import { readlinkSync } from 'node:fs';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { thisThread, timeOf } from './thread-time.ts';

const IDLE = `
  const { readlinkSync } = require('node:fs');
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', () => {});
  parentPort.postMessage(readlinkSync('/proc/thread-self'));`;

/** Until this thread was given so many ms more. */
function spin(ms: number): void {
  const until = timeOf(thisThread()) + ms;
  while (timeOf(thisThread()) < until);
}

test.runIf(thisThread() !== null)('a thread that has nothing to do is given no time', async () => {
  const idle = new Worker(IDLE, { eval: true });
  const [thread] = (await once(idle, 'message')) as [string];
  expect(thread).not.toBe(readlinkSync('/proc/thread-self'));
  const before = timeOf(thread);
  spin(200);
  expect(timeOf(thread) - before).toBeLessThan(100);
  await idle.terminate();
});

test('where threads are not counted, it is the time of the process', () => {
  const before = timeOf(null);
  spin(50);
  expect(timeOf(null)).toBeGreaterThan(before);
});
