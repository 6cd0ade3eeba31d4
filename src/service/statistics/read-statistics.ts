/** How the last runs of workflows went, for the list of workflows and for one with its steps. */
import type {
  StatisticsFilter,
  StepStatistics,
  WorkflowFigures,
  WorkflowStatistics,
} from '../../contract/statistics.ts';
import { chooseVersion } from '../definitions/choose-version.ts';
import { exactly } from '../views/exactly.ts';
import { isoOrNull } from '../views/time.ts';
import type { Rows } from '../ways/store.ts';
import type { Services } from '../services.ts';
import { rateOf, statisticsOf, type EndedRunRow } from './figures.ts';
import { listEndedRuns } from './queries/list-ended-runs.ts';
import { listPresent, type PresentRow } from './queries/list-present.ts';
import { stepStatistics, type StepStatisticsRow } from './queries/step-statistics.ts';

/** @throws NotFoundError `workflow_not_found`, `version_not_found` */
export async function readStatistics(
  { store }: Pick<Services, 'store'>,
  workflow: string,
  { version, last }: StatisticsFilter,
): Promise<WorkflowStatistics> {
  await chooseVersion(store, workflow, version);
  const figures = (await readFigures(store, [workflow], last, version)).get(workflow);
  if (figures === undefined) throw new Error(`no figures of "${workflow}"`);
  const steps = await store.all<StepStatisticsRow>(stepStatistics(figures.points.map(({ id }) => id)));
  return { ...figures, workflow, version: version ?? null, steps: steps.map(stepJson) };
}

/** Of several workflows at once, by name: two statements, however many there are. */
export async function readFigures(
  rows: Rows,
  workflows: readonly string[],
  last: number,
  version?: string,
): Promise<ReadonlyMap<string, WorkflowFigures>> {
  if (workflows.length === 0) return new Map();
  const [present, ended] = await Promise.all([
    rows.all<PresentRow>(listPresent(workflows, version)),
    rows.all<EndedRunRow>(listEndedRuns(workflows, last, version)),
  ]);
  const byWorkflow = new Map<string, EndedRunRow[]>(workflows.map((name) => [name, []]));
  for (const row of ended) byWorkflow.get(row.workflow)?.push(row);
  return new Map(
    present.map(({ workflow, open_runs, last_run_at }) => [
      workflow,
      {
        ...statisticsOf(byWorkflow.get(workflow) ?? []),
        open_runs,
        last_run_at: isoOrNull(last_run_at),
      },
    ]),
  );
}

function stepJson(row: StepStatisticsRow): StepStatistics {
  const { key, started, completed, failed, skipped, retried, total_tokens } = row;
  return exactly<StepStatistics>()({
    ...{ key, started, completed, failed, skipped, total_tokens },
    failure_rate: rateOf(failed, completed + failed),
    retry_rate: rateOf(retried, started),
    seconds: { p50: row.p50, p95: row.p95 },
    cost: { p50: row.cost_p50, p95: row.cost_p95, sum: row.cost_sum, unpriced: row.unpriced },
  });
}
