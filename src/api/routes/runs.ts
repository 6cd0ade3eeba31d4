/** Starting, listing and reading runs. */
import type { Json } from '../../plan/json.ts';
import { decodeCursor, pageOf } from '../cursor.ts';
import { endpoint, reply, type Endpoint } from '../http/endpoint.ts';
import { listRuns } from '../queries/list-runs.ts';
import { findRunNow } from '../queries/run-now.ts';
import { listSteps } from '../queries/list-steps.ts';
import { IdempotencyHeaders } from '../../contract/headers.ts';
import { idempotencyKey } from './idempotency-key.ts';
import { stepNotFound } from './not-found.ts';
import { START_PROBLEMS, START_RESPONSES, startReply } from './start-reply.ts';
import { pageSchema } from '../../contract/common.ts';
import { RunFilter, RunNow, StartRun } from '../../contract/run.ts';
import { Step, StepFilter } from '../../contract/step.ts';
import { RunParams, StepParams } from '../../contract/params.ts';
import { readTarget } from '../runs/find-target.ts';
import { startRun } from '../runs/start-run.ts';
import type { RunRow } from '../views/run.ts';
import { runNowJson, withNow, type RunNowRow } from '../views/run-now.ts';
import { stepJson, type StepRow } from '../views/step.ts';

const start = endpoint({
  method: 'post',
  path: '/runs',
  operation: 'startRun',
  action: 'start',
  lane: 'start',
  tag: 'runs',
  summary: 'Start a run',
  headers: IdempotencyHeaders,
  body: { kind: 'json', schema: StartRun },
  responses: START_RESPONSES,
  problems: START_PROBLEMS,
  handle: async ({ body, request, services, visit, note }) => {
    note({ workflow: body.workflow, ...(body.id !== undefined && { run: body.id }) });
    const started = await startRun(services, body, { key: idempotencyKey(request), visit });
    note({ run: started.run.id, detail: { version: started.run.version, replayed: started.replayed } });
    return startReply(started);
  },
});

const list = endpoint({
  method: 'get',
  path: '/runs',
  operation: 'listRuns',
  tag: 'runs',
  summary: 'List runs, newest first',
  query: RunFilter,
  responses: { 200: { description: 'A page of runs.', schema: pageSchema(RunNow) } },
  problems: ['invalid_cursor'],
  handle: async ({ query, services }) => {
    const after = query.cursor === undefined ? undefined : decodeCursor('runs', query.cursor);
    const rows = await services.store.all<RunRow & RunNowRow>(listRuns(query, after));
    return reply(
      200,
      pageOf('runs', rows, query.limit, runNowJson, (row) => [row.position, row.id]),
    );
  },
});

const get = endpoint({
  method: 'get',
  path: '/runs/:id',
  operation: 'getRun',
  tag: 'runs',
  summary: 'Get a run',
  params: RunParams,
  responses: { 200: { description: 'The run, and what it waits for.', schema: RunNow } },
  problems: ['run_not_found'],
  handle: async ({ params: { id }, services }) => {
    const { run, open } = await readTarget(services, id);
    const mayWait = open || isWaiting(run.needs);
    const now = mayWait ? await services.store.first<RunNowRow>(findRunNow(id)) : undefined;
    return reply(200, withNow(run, now));
  },
});

/** Also of a run that has ended: somebody may raise the limit that ended it. */
const isWaiting = (needs: Json): boolean => Array.isArray(needs) && needs.length > 0;

const steps = endpoint({
  method: 'get',
  path: '/runs/:id/steps',
  operation: 'listRunSteps',
  tag: 'runs',
  summary: 'List the steps of a run, in the plan’s order',
  params: RunParams,
  query: StepFilter,
  responses: { 200: { description: 'The steps with their attempts.', schema: pageSchema(Step) } },
  problems: ['run_not_found', 'invalid_cursor'],
  handle: async ({ params: { id }, query, services }) => {
    const [position] = query.cursor === undefined ? ['-1'] : decodeCursor('steps', query.cursor);
    const selection = { runId: id, after: Number(position), limit: query.limit };
    const rows = await services.store.all<StepRow>(listSteps(selection));
    if (rows.length === 0) await readTarget(services, id);
    return reply(
      200,
      pageOf('steps', rows, query.limit, stepJson, (row) => [String(row.position)]),
    );
  },
});

const step = endpoint({
  method: 'get',
  path: '/runs/:id/steps/:key',
  operation: 'getRunStep',
  tag: 'runs',
  summary: 'Get a step of a run',
  params: StepParams,
  responses: { 200: { description: 'The step with its attempts.', schema: Step } },
  problems: ['run_not_found', 'step_not_found', 'run_archived'],
  handle: async ({ params: { id, key }, services }) => {
    const row = await services.store.first<StepRow>(listSteps({ runId: id, key, limit: 1 }));
    if (row === undefined) throw await stepNotFound(services, id, key);
    return reply(200, stepJson(row));
  },
});

export const runRoutes: readonly Endpoint[] = [start, list, get, steps, step];
