import { CancelledFailure } from '@temporalio/common';
import { expect, test } from 'vitest';
import { measureActivity } from './measure-activity.ts';
import { registry } from './metrics.ts';

const { inbound } = measureActivity({ info: { activityType: 'command' } } as Parameters<
  typeof measureActivity
>[0]);
const run = (end: () => Promise<unknown>) => inbound?.execute?.({ args: [], headers: {} }, end);

test('an activity is measured by kind and outcome, and nothing of it is changed', async () => {
  await expect(run(async () => 'done')).resolves.toBe('done');
  await expect(run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(run(() => Promise.reject(new CancelledFailure('stop')))).rejects.toThrow('stop');
  const text = await registry.metrics();
  for (const outcome of ['completed', 'failed', 'cancelled'])
    expect(text).toContain(`baton_worker_activity_seconds_count{kind="command",outcome="${outcome}"} 1`);
  expect(text).toContain('baton_worker_activities_by_kind{kind="command"} 0');
});
