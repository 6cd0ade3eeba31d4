/** Proof of a run that travels: its bundle, and the key that bundles are signed with. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import * as z from 'zod';
import { InstallationKey } from '../../contract/shared/installation-key.ts';
import { RunParams } from '../../contract/shared/params.ts';
import { endpoint, reply, type Endpoint } from '../http/endpoint.ts';

const bundle = endpoint({
  method: 'get',
  path: '/runs/:id/bundle',
  operation: 'getRunBundle',
  tag: 'values',
  summary: 'Get everything that is stored of a run as one signed file',
  params: RunParams,
  responses: {
    200: {
      description: 'gzip of JSON Lines, as docs/bundles.md tells it.',
      schema: z.string().meta({ format: 'binary' }),
      types: ['application/gzip'],
    },
  },
  problems: [
    'run_not_found',
    'run_archived',
    'run_imported',
    'projection_behind',
    'too_many_readers',
    'signing_key_unavailable',
  ],
  handle: async ({ params: { id }, request, response, service, visit }) => {
    const lines = await service.exportRun(id);
    visit.stay();
    response
      .status(200)
      .type('application/gzip')
      .set('Cache-Control', 'no-store')
      .attachment(`${id}.baton.gz`);
    if (request.method === 'HEAD') return void response.end();
    await pipeline(Readable.from(lines), createGzip(), response);
  },
});

const key = endpoint({
  method: 'get',
  path: '/key',
  operation: 'getKey',
  tag: 'values',
  summary: 'Get the public key that bundles of this installation are signed with',
  responses: { 200: { description: 'The key.', schema: InstallationKey } },
  problems: ['signing_key_unavailable'],
  handle: async ({ service }) => reply(200, await service.getKey()),
});

export const bundleRoutes: readonly Endpoint[] = [bundle, key];
