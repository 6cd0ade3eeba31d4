/** Measures every activity of a worker, by kind and by how it ended. What it does and answers stays as it is. */
import { CancelledFailure } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { metrics } from './metrics.ts';

type ActivityEnd = 'completed' | 'failed' | 'cancelled';

/** An interceptor for all workers of a process. */
export const measureActivity: ActivityInterceptorsFactory = ({ info: { activityType: kind } }) => ({
  inbound: {
    execute: async (input, next) => {
      const stop = metrics.activitySeconds.startTimer({ kind });
      metrics.activitiesByKind.inc({ kind });
      let outcome: ActivityEnd = 'failed';
      try {
        const answer = await next(input);
        outcome = 'completed';
        return answer;
      } catch (error) {
        if (error instanceof CancelledFailure) outcome = 'cancelled';
        throw error;
      } finally {
        metrics.activitiesByKind.dec({ kind });
        stop({ outcome });
      }
    },
  },
});
