/** Steps of a run, with their attempts. */
import type { Step } from '../../contract/step.ts';
import { decodeCursor, pageOf, type Page } from '../cursor.ts';
import type { Services } from '../services.ts';
import { stepJson, type StepRow } from '../views/step.ts';
import { readTarget } from './find-target.ts';
import { stepNotFound } from './missing.ts';
import { listSteps } from './queries/list-steps.ts';

interface StepFilter {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** A page of steps in the plan's order. @throws NotFoundError `run_not_found`; InvalidError `invalid_cursor` */
export async function readSteps(services: Services, runId: string, filter: StepFilter): Promise<Page<Step>> {
  const [position] = filter.cursor === undefined ? ['-1'] : decodeCursor('steps', filter.cursor);
  const selection = { runId, after: Number(position), limit: filter.limit };
  const rows = await services.store.all<StepRow>(listSteps(selection));
  if (rows.length === 0) await readTarget(services, runId);
  return pageOf('steps', rows, filter.limit, stepJson, (row) => [String(row.position)]);
}

/** @throws NotFoundError `run_not_found`, `step_not_found`; ConflictError `run_archived` */
export async function readStep(services: Services, runId: string, key: string): Promise<Step> {
  const row = await services.store.first<StepRow>(listSteps({ runId, key, limit: 1 }));
  if (row === undefined) throw await stepNotFound(services, runId, key);
  return stepJson(row);
}
