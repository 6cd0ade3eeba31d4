/** Path parameters that several routes of runs share. */
import { z } from 'zod';
import { NotFoundError } from '../../errors/errors.ts';
import { readTarget } from '../runs/find-target.ts';
import { RunId } from '../schemas/common.ts';
import type { Services } from '../services.ts';

export const runIdParams = z.object({ id: RunId });

export const stepParams = z.object({
  id: RunId,
  key: z
    .string()
    .min(1)
    .max(1_000)
    .refine((text) => !text.includes('\0'), 'must not hold NUL')
    .meta({ description: 'The step’s key.', example: 'security-audit' }),
});

/** The error for a step that is not there: it says whether the run is. @throws NotFoundError `run_not_found`. */
export async function stepNotFound(services: Services, runId: string, key: string): Promise<NotFoundError> {
  await readTarget(services, runId);
  return new NotFoundError('step_not_found', `Run "${runId}" has no step "${key}".`);
}
