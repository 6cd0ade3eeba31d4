import { NotFoundError } from '../../errors/errors.ts';
import { missingStep } from '../../plan/address.ts';
import { listStepStatuses, type StepStatusRow } from './queries/list-step-statuses.ts';
import type { Rows } from '../ways/store.ts';

/** The error for an address at which a run has no step: it names what was perhaps meant. */
export async function noSuchStep(rows: Rows, runId: string, address: string): Promise<NotFoundError> {
  const steps = await rows.all<StepStatusRow>(listStepStatuses(runId));
  const known = steps.filter(({ status }) => status !== 'superseded').map(({ key }) => key);
  return new NotFoundError('step_not_found', `Run "${runId}" has ${missingStep(address, known)}`);
}
