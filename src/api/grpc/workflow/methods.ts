/** The methods of `baton.v1.WorkflowService` that answer once, each with the operation of HTTP that it is. */
import type { Plain } from '../../../grpc/read-message.ts';
import { definitionType } from '../../../mcp/door.ts';
import { editBody } from './edit-body.ts';
import { method, type Method } from './method.ts';
import { updateNode } from './update-node.ts';

const RUN = { id: 'run_id' };
const STEP = { id: 'run_id', key: 'key' };
const WORKFLOW = { name: 'name' };

/** What HTTP answers, as far as it is taken apart here. */
interface Page {
  readonly items: readonly object[];
  readonly next_cursor: string | null;
}

const page = (operation: string, items: string, params: Readonly<Record<string, string>> = {}): Method =>
  method({
    ...{ operation, params, place: 'query' },
    answer: ({ body }) => {
      const { items: found, next_cursor } = body as Page;
      return { [items]: found, next_cursor };
    },
  });

const got = (operation: string, name: string, params: Readonly<Record<string, string>>): Method =>
  method({ operation, params, place: 'query', answer: ({ body }) => ({ [name]: body }) });

/** A command to a run, which answers the run as it is now. */
const command = (operation: string): Method =>
  method({
    ...{ operation, params: RUN, place: 'body' },
    answer: ({ body, status }) => ({ ...(body as { message_id: string }), run: body, done: status === 200 }),
  });

/** Something said to a run. */
const said = (operation: string, bodyOf?: (request: Plain) => unknown): Method =>
  method({
    ...{ operation, params: RUN, place: 'body' },
    ...(bodyOf !== undefined && { bodyOf }),
    answer: ({ body, status }) => {
      const { messageId, actionTaken, message, newRunId } = body as Readonly<Record<string, unknown>>;
      return {
        ...{ message_id: messageId, action_taken: actionTaken, message },
        new_run_id: newRunId,
        done: status === 200,
      };
    },
  });

/** The definition is the body, what else there is stands in the query. */
const published = (params: readonly string[]): Method => ({
  ask: (request) => {
    const { definition = '', name, ...query } = request as { definition?: string; name?: string };
    return {
      operation: 'publishWorkflow',
      asked: {
        query: { ...query, ...(params.includes('name') && { workflow: name ?? '' }) },
        body: definition,
        headers: { 'content-type': definitionType(definition) },
      },
      fieldOf: (path) =>
        path
          .replace(/^query\.workflow$/, 'name')
          .replace(/^query\./, '')
          .replace(/^body$/, 'definition'),
    };
  },
  answer: ({ body, status }) => ({
    version: body,
    created: status === 201,
    warnings: (body as { warnings: unknown }).warnings,
  }),
});

/** Members whose names are in camelCase over HTTP. */
function messageBody({ metadata, ...body }: Plain): unknown {
  if (metadata === undefined) return body;
  const members = Object.entries(metadata as object).map(([name, value]) => [
    name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    value as unknown,
  ]);
  return { ...body, metadata: Object.fromEntries(members) as unknown };
}

const isReplayed = (headers: Readonly<Record<string, string>> = {}) =>
  headers['Idempotent-Replayed'] === 'true';

export const METHODS = {
  createWorkflow: published([]),
  updateWorkflow: published(['name']),
  getWorkflow: method({
    ...{ operation: 'getWorkflow', params: WORKFLOW, place: 'query' },
    answer: ({ body }) => {
      const { selected } = body as { readonly selected: object };
      return { workflow: body, selected: { ...selected, version: selected } };
    },
  }),
  getWorkflowVersion: method({
    ...{ operation: 'getWorkflowVersion', params: { name: 'name', version: 'version' }, place: 'query' },
    answer: ({ body }) => ({ ...(body as object), version: body }),
  }),
  listWorkflows: page('listWorkflows', 'workflows'),
  archiveWorkflow: got('archiveWorkflow', 'workflow', WORKFLOW),
  unarchiveWorkflow: got('unarchiveWorkflow', 'workflow', WORKFLOW),

  startRun: method({
    ...{ operation: 'startRun', place: 'body' },
    answer: ({ body, headers }) => ({ run: body, replayed: isReplayed(headers) }),
  }),
  getRun: got('getRun', 'run', RUN),
  listRuns: page('listRuns', 'runs'),

  sendMessage: said('postRunMessage', messageBody),
  listMessages: page('listRunMessages', 'messages', RUN),
  pause: command('pauseRun'),
  resume: command('resumeRun'),
  cancel: command('cancelRun'),
  redirect: said('redirectRun'),
  continue: method({
    ...{ operation: 'continueRun', params: RUN, place: 'body' },
    answer: ({ body, status, headers }) => ({
      run: body,
      done: status === 200,
      replayed: isReplayed(headers),
    }),
  }),
  answer: command('answerQuestion'),
  listQuestions: page('listQuestions', 'questions'),

  getNode: got('getRunStep', 'node', STEP),
  listNodes: page('listRunSteps', 'nodes', RUN),
  updateNode,
  applyEdits: method({
    ...{ operation: 'editRun', params: RUN, place: 'body', bodyOf: editBody },
    answer: ({ body, status }) => ({ ...(body as object), preview: body, done: status === 200 }),
  }),
} satisfies Readonly<Record<string, Method>>;
