/** The list of workflows, with how their last runs went where that is wanted. */
import { USUAL_RUNS } from '../../contract/statistics.ts';
import type { ListedWorkflow, WorkflowFilter } from '../../contract/workflow.ts';
import type { Page } from '../cursor.ts';
import { readWorkflows } from '../definitions/read-workflows.ts';
import type { Services } from '../services.ts';
import { readFigures } from './read-statistics.ts';

/** A page of workflows by name. @throws InvalidError `invalid_cursor` */
export async function listWithStatistics(
  { store }: Pick<Services, 'store'>,
  filter: WorkflowFilter,
): Promise<Page<ListedWorkflow>> {
  const page = await readWorkflows({ store }, filter);
  if (!filter.statistics) return page;
  const names = page.items.map(({ name }) => name);
  const figures = await readFigures(store, names, USUAL_RUNS);
  const items = page.items.map((item) => {
    const statistics = figures.get(item.name);
    return statistics === undefined ? item : { ...item, statistics };
  });
  return { ...page, items };
}
