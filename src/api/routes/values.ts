/** Results whole, however large they are. */
import { endpoint, type Endpoint } from '../http/endpoint.ts';
import { sendStored, sendValue } from '../http/send-value.ts';
import { JsonValue } from '../../contract/shared/common.ts';
import { BlobParams, RunParams, StepParams } from '../../contract/shared/params.ts';

const runOutput = endpoint({
  method: 'get',
  path: '/runs/:id/output',
  operation: 'getRunOutput',
  tag: 'values',
  summary: 'Get the whole output of a run that has completed',
  params: RunParams,
  responses: { 200: { description: 'The value.', schema: JsonValue } },
  problems: ['run_not_found', 'output_not_found', 'blob_not_found', 'too_many_readers'],
  handle: async ({ params, response, service, visit }) => {
    const output = await service.getRunOutput(params.id);
    visit.stay();
    await sendValue(response, output);
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
  handle: async ({ params: { id, key }, response, service, visit }) => {
    const output = await service.getRunStepOutput(id, key);
    visit.stay();
    await sendValue(response, output);
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
  handle: async ({ params, response, service, visit }) => {
    const stored = await service.getBlob(params.hash);
    visit.stay();
    response.set('Cache-Control', 'private, max-age=31536000, immutable');
    await sendStored(response, stored);
  },
});

export const valueRoutes: readonly Endpoint[] = [runOutput, stepOutput, blob];
