/** Path parameters that several routes of runs share. */
import { z } from 'zod';
import { RunId, StepKey } from '../../contract/common.ts';

export const runIdParams = z.object({ id: RunId });

export const stepParams = z.object({
  id: RunId,
  key: StepKey,
});

export const eventParams = z.object({
  id: RunId,
  seq: z.coerce.number().int().min(1).meta({ description: 'Position in the run’s record, from 1.' }),
});
