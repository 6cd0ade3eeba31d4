/** Looking at runs: which there are, how one stands, why a step is where it is. */
import * as z from 'zod';
import {
  FilterText,
  FilterValuesQuery,
  type FilterValues,
  type RunCount,
} from '../../contract/runs/filter.ts';
import type { RunDifference } from '../../contract/runs/difference.ts';
import { RunFilter, type RunNow } from '../../contract/run.ts';
import type { StepWhy } from '../../contract/past/why.ts';
import type { Page } from '../../contract/shared/common.ts';
import type { Step } from '../../contract/step.ts';
import { BriefRun, briefRun, runText } from '../answers/brief-run.ts';
import { BriefStep, briefSteps, stepText } from '../answers/brief-step.ts';
import { tool, type Tool } from '../tool.ts';
import { asQuery, cursor, limit, run, step } from './arguments.ts';

const seq = z.number().int().min(1).optional();

const GRAMMAR =
  'Conditions that all have to hold: `status:failed,running workflow:NAME label:team=x cost>1.50 created<24h needs:me by:ana is:paused`, a minus before one for its opposite.';

const list = tool({
  name: 'list_runs',
  title: 'List runs',
  description:
    'Runs, the newest first: how each stands, what it waits for, what went wrong, what it has cost. Narrow it by `filter`; to know what waits for people filter `needs:me` or call list_questions.',
  scope: 'read',
  operations: ['listRuns', 'countRuns'],
  input: z.strictObject({
    filter: FilterText.optional().meta({ description: GRAMMAR }),
    sort: RunFilter.shape.sort,
    limit: limit(40, 20),
    cursor,
    count: z.boolean().default(false).meta({ description: 'With the number of all that fit.' }),
  }),
  output: z.object({
    runs: z.array(BriefRun),
    next_cursor: z.string().nullable(),
    count: z.number().nullable().optional(),
  }),
  run: async ({ count, ...query }, { ask }) => {
    const page = await ask<Page<RunNow>>('listRuns', { query: asQuery(query) });
    const { filter } = query;
    const all = count ? await ask<RunCount>('countRuns', { query: asQuery({ filter }) }) : undefined;
    const runs = page.items.map(briefRun);
    const head = all === undefined ? [] : [`${all.count ?? 'too many to count'} in all`];
    const more = page.next_cursor === null ? [] : [`More with cursor ${page.next_cursor}`];
    const none = runs.length === 0 ? ['No run fits.'] : [];
    return {
      data: { runs, next_cursor: page.next_cursor, ...(all !== undefined && { count: all.count }) },
      text: [...head, ...runs.map(runText), ...none, ...more].join('\n'),
      rest: 'Narrow it by `filter`, or take a smaller `limit`.',
    };
  },
});

/** Of a run with more, the ones that matter most. */
const MOST_STEPS = 40;

const status = tool({
  name: 'get_workflow_status',
  title: 'Look at a run',
  description:
    'How one run stands: status and cause, its steps (those first that failed or are at work), what it waits for, what it needs from somebody, turns, tokens and cost. Works for ended runs as well. For a step alone use get_step, for the reason of its place why_step.',
  scope: 'read',
  operations: ['getRun', 'listRunSteps'],
  input: z.strictObject({ run }),
  output: z.object({
    run: BriefRun,
    steps: z.array(BriefStep),
    steps_by_status: z.record(z.string(), z.number()),
    more_steps: z.number().meta({ description: 'So many steps are not told here.' }),
  }),
  run: async ({ run: id }, { ask }) => {
    const at = { params: { id } };
    const [now, steps] = [await ask<RunNow>('getRun', at), await ask<Page<Step>>('listRunSteps', at)];
    const told = briefSteps(steps.items, MOST_STEPS);
    const brief = briefRun(now);
    const more = told.more_steps === 0 ? [] : [`  … and ${told.more_steps} more steps`];
    return {
      data: { run: brief, ...told },
      text: [runText(brief), ...told.steps.map(stepText), ...more].join('\n'),
      rest: 'get_step tells of one step.',
    };
  },
});

const one = tool({
  name: 'get_step',
  title: 'Look at a step',
  description:
    'One step of a run whole: its attempts with their errors, what it waits for, limits and use of its agent, the beginning of its result.',
  scope: 'read',
  operations: ['getRunStep'],
  input: z.strictObject({ run, step }),
  run: async ({ run: id, step: key }, { ask }) => ({
    data: await ask<Step>('getRunStep', { params: { id, key } }),
    rest: 'get_output has its result, list_events what happened.',
  }),
});

const why = tool({
  name: 'why_step',
  title: 'Why a step is where it is',
  description:
    'Each decision about a step, the oldest first: what it waited for, the condition that let it begin or skipped it with the values that it saw, and of each failure by which rule another try followed or not. Use it when a step is skipped, stuck or failed and you have to say why.',
  scope: 'read',
  operations: ['getStepWhy'],
  input: z.strictObject({ run, step, at: seq.meta({ description: 'As it was after this event (`seq`).' }) }),
  run: async ({ run: id, step: key, at }, { ask }) => ({
    data: await ask<StepWhy>('getStepWhy', { params: { id, key }, query: asQuery({ at }) }),
    rest: 'Ask as of an earlier event (`at`) for the first decisions.',
  }),
});

const values = tool({
  name: 'list_filter_values',
  title: 'List what filters may name',
  description:
    'The workflows, versions, labels, agents or people that occur in runs of late, for the filter of list_runs.',
  scope: 'read',
  operations: ['listFilterValues'],
  input: z.strictObject({ field: FilterValuesQuery.shape.field }),
  run: async ({ field }, { ask }) => ({
    data: await ask<FilterValues>('listFilterValues', { query: { field } }),
  }),
});

const compare = tool({
  name: 'compare_runs',
  title: 'Compare two runs',
  description:
    'What differs between two runs, step by step: status, errors, prompts, models, results, use. For a run and its fork, or a good run and a bad one.',
  scope: 'read',
  operations: ['diffRuns'],
  input: z.strictObject({ run, other: run.meta({ description: 'Id of the other run.' }) }),
  run: async ({ run: id, other }, { ask }) => ({
    data: await ask<RunDifference>('diffRuns', { params: { id, other } }),
    rest: 'get_step tells of one step of either run.',
  }),
});

export const lookingTools: readonly Tool[] = [list, status, one, why, values, compare];
