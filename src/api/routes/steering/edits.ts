/** Edits of the plan of a run, and the plans that it has had. */
import { z } from 'zod';
import { EditAnswer, EditRun, RunDefinition, RunRevision } from '../../../contract/edit.ts';
import { limit } from '../../../contract/shared/common.ts';
import { RunParams } from '../../../contract/shared/params.ts';
import { endpoint, reply, type Endpoint } from '../../http/endpoint.ts';
import { COMMAND_PROBLEMS, takenReply } from './commands.ts';

/** A definition of 1 MB stands in JSON as a text: line breaks and quotes take twice as much there. */
const MAX_BYTES = 3 * 1024 * 1024;

const Revisions = z.strictObject({ items: z.array(RunRevision) });

const edit = endpoint({
  method: 'post',
  path: '/runs/:id/edits',
  operation: 'editRun',
  action: 'edit',
  tag: 'commands',
  lane: 'command',
  summary: 'Edit the plan of an open run, or say what an edit would do',
  params: RunParams,
  body: { kind: 'json', schema: EditRun, bytes: MAX_BYTES },
  responses: {
    200: { description: 'The run has taken it; of a dry run what it would do.', schema: EditAnswer },
    202: {
      description: 'Taken; the run has not come to it yet. Its receipt will stand in `/messages`.',
      schema: EditAnswer,
    },
  },
  problems: [
    ...COMMAND_PROBLEMS,
    'run_archived',
    'plan_not_found',
    'revision_not_found',
    'stale_revision',
    'edit_invalid',
    'definition_invalid',
    'definition_too_costly',
    'agents_unreadable',
    'compiler_busy',
    'projection_behind',
  ],
  handle: async ({ params, body, service }) => takenReply(await service.editRun(params.id, body)),
});

const revisions = endpoint({
  method: 'get',
  path: '/runs/:id/edits',
  operation: 'listRunEdits',
  action: null,
  tag: 'runs',
  summary: 'The plans that a run has had, the newest first',
  params: RunParams,
  query: z.strictObject({ limit: limit(500, 100) }),
  responses: { 200: { description: 'A revision an item.', schema: Revisions } },
  problems: ['run_not_found', 'run_archived'],
  handle: async ({ params, query, service }) =>
    reply(200, { items: await service.listRunEdits(params.id, query.limit) }),
});

const definition = endpoint({
  method: 'get',
  path: '/runs/:id/definition',
  operation: 'getRunDefinition',
  action: null,
  tag: 'runs',
  summary: 'The definition that a run has now',
  params: RunParams,
  responses: { 200: { description: 'Its text.', schema: RunDefinition } },
  problems: ['run_not_found', 'plan_not_found', 'projection_behind'],
  handle: async ({ params, service }) => reply(200, await service.getRunDefinition(params.id)),
});

export const editRoutes: readonly Endpoint[] = [edit, revisions, definition];
