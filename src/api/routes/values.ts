/** Results whole, however large they are. */
import { NotFoundError } from '../../errors/errors.ts';
import type { Json } from '../../plan/json.ts';
import { endpoint, type Endpoint } from '../http/endpoint.ts';
import { sendBlob, sendValue } from '../live/send-json.ts';
import { findStepOutput } from '../queries/find-step-output.ts';
import { readTarget } from '../runs/find-target.ts';
import { JsonValue } from '../../contract/common.ts';
import { BlobParams, RunParams, StepParams } from '../../contract/params.ts';
import { stepNotFound } from './not-found.ts';

const runOutput = endpoint({
  method: 'get',
  path: '/runs/:id/output',
  operation: 'getRunOutput',
  tag: 'values',
  summary: 'Get the whole output of a run that has completed',
  params: RunParams,
  responses: { 200: { description: 'The value.', schema: JsonValue } },
  problems: ['run_not_found', 'output_not_found', 'blob_not_found', 'too_many_readers'],
  handle: async ({ params, response, services, visit }) => {
    const { run } = await readTarget(services, params.id);
    if (run.status !== 'completed') throw noOutput(`Run "${run.id}"`, run.status);
    visit.stay();
    await sendValue(services.store, response, run.output);
  },
});

const stepOutput = endpoint({
  method: 'get',
  path: '/runs/:id/steps/:key/output',
  operation: 'getRunStepOutput',
  tag: 'values',
  summary: 'Get the whole output of a step that has completed',
  params: StepParams,
  responses: { 200: { description: 'The value.', schema: JsonValue } },
  problems: [
    'run_not_found',
    'step_not_found',
    'run_archived',
    'output_not_found',
    'blob_not_found',
    'too_many_readers',
  ],
  handle: async ({ params: { id, key }, response, services, visit }) => {
    const row = await services.store.first<{ status: string; output: Json }>(findStepOutput(id, key));
    if (row === undefined) throw await stepNotFound(services, id, key);
    if (row.status !== 'completed') throw noOutput(`Step "${key}" of run "${id}"`, row.status);
    visit.stay();
    await sendValue(services.store, response, row.output);
  },
});

const blob = endpoint({
  method: 'get',
  path: '/blobs/:hash',
  operation: 'getBlob',
  tag: 'values',
  summary: 'Get a stored value by its content hash',
  params: BlobParams,
  responses: { 200: { description: 'The value.', schema: JsonValue } },
  problems: ['blob_not_found', 'too_many_readers'],
  handle: async ({ params, response, services, visit }) => {
    visit.stay();
    response.set('Cache-Control', 'private, max-age=31536000, immutable');
    await sendBlob(services.store, response, params.hash);
  },
});

function noOutput(what: string, status: string): NotFoundError {
  return new NotFoundError('output_not_found', `${what} is ${status}; only what is completed has an output.`);
}

export const valueRoutes: readonly Endpoint[] = [runOutput, stepOutput, blob];
