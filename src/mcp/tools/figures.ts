/** What runs have cost, and how they went. */
import * as z from 'zod';
import { InsightsQuery, type Insights } from '../../contract/runs/insights.ts';
import { StatisticsFilter, type WorkflowStatistics } from '../../contract/statistics.ts';
import type { WorkflowStats } from '../../contract/stats.ts';
import { WorkflowName, type Page } from '../../contract/shared/common.ts';
import { tool, type Tool } from '../tool.ts';
import { asQuery } from './arguments.ts';

const MICROS =
  'Costs (`cost_estimate`) are in micro-dollars: 1,000,000 are one dollar; what has no known price is in none of the sums.';

const time = z.iso.datetime({ offset: true }).optional();

const costs = tool({
  name: 'get_costs',
  title: 'What a period has cost',
  description: `Figures of a period (the last week unless told), with those of the period before: runs, failures, times, tokens and cost, by day or hour, by workflow, model and agent, and the commonest failures. ${MICROS}`,
  scope: 'read',
  operations: ['getInsights'],
  input: z.strictObject({
    since: time.meta({ description: 'ISO 8601; default: a week before `until`.' }),
    until: time.meta({ description: 'ISO 8601; default: now.' }),
    bucket: InsightsQuery.shape.bucket,
    zone: InsightsQuery.shape.zone,
    workflow: InsightsQuery.shape.workflow,
  }),
  run: async (args, { ask }) => {
    const { totals, previous, ...insights } = await ask<Insights>('getInsights', { query: asQuery(args) });
    return { data: { totals, previous, ...insights }, rest: 'Take a shorter period, or one workflow.' };
  },
});

const statistics = tool({
  name: 'get_workflow_statistics',
  title: 'How runs of a definition went',
  description: `How the last runs of one definition went, and each of its steps in them: success rate, failures, retries, times, cost. To find the step that is dear, slow or often fails. ${MICROS}`,
  scope: 'read',
  operations: ['getWorkflowStatistics'],
  input: z.strictObject({
    workflow: WorkflowName,
    version: StatisticsFilter.shape.version,
    last: z
      .number()
      .int()
      .min(1)
      .max(500)
      .default(50)
      .meta({ description: 'So many of the newest runs that have ended.' }),
  }),
  run: async ({ workflow: name, ...query }, { ask }) => {
    const asked = { params: { name }, query: asQuery(query) };
    const { points: _, ...told } = await ask<WorkflowStatistics>('getWorkflowStatistics', asked);
    return { data: told };
  },
});

const all = tool({
  name: 'get_statistics',
  title: 'Figures of all definitions',
  description: `Counts, times, tokens and cost of all runs, a line a definition. ${MICROS}`,
  scope: 'read',
  operations: ['getStats'],
  input: z.strictObject({}),
  run: async (_, { ask }) => {
    const { items } = await ask<Page<WorkflowStats>>('getStats');
    return { data: { workflows: items } };
  },
});

export const figureTools: readonly Tool[] = [costs, statistics, all];
