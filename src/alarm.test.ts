import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { until } from '../test/support/until.ts';
import { alarmAfter } from './alarm.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

it('aborts beside other reasons to stop, though nobody else holds it', async () => {
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, alarmAfter(300)]);
  const aborted = once(signal, 'abort');
  for (let times = 0; times < 5; times++) {
    collectGarbage();
    await sleep(10);
  }
  await until(() => signal.aborted);
  await aborted;
  expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
});

it('may be as far away as may be', () => {
  expect(alarmAfter(Number.MAX_SAFE_INTEGER).aborted).toBe(false);
});
