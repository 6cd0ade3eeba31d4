/** Views of the list of runs that people keep. */
import {
  SavedView,
  SavedViewContent,
  SavedViewFilter,
  SavedViewParams,
  SavedViewRemoval,
  SavedViews,
} from '../../../contract/runs/saved-view.ts';
import { endpoint, reply, type Endpoint } from '../../http/endpoint.ts';

const content = { kind: 'json', schema: SavedViewContent } as const;

const list = endpoint({
  method: 'get',
  path: '/views',
  operation: 'listViews',
  tag: 'views',
  summary: 'List the views that are shared, and those of one person',
  query: SavedViewFilter,
  responses: { 200: { description: 'All of them; the default first.', schema: SavedViews } },
  handle: async ({ query, service }) => reply(200, await service.listViews(query)),
});

const create = endpoint({
  method: 'post',
  path: '/views',
  operation: 'createView',
  action: 'create view',
  tag: 'views',
  summary: 'Save a view',
  body: content,
  responses: { 201: { description: 'The view.', schema: SavedView } },
  problems: ['view_exists', 'invalid_filter'],
  handle: async ({ body, service }) => reply(201, await service.createView(body)),
});

const replace = endpoint({
  method: 'put',
  path: '/views/:view',
  operation: 'replaceView',
  action: 'change view',
  tag: 'views',
  summary: 'Change a view: all of it',
  params: SavedViewParams,
  body: content,
  responses: { 200: { description: 'The view as it is now.', schema: SavedView } },
  problems: ['view_not_found', 'view_exists', 'invalid_filter'],
  handle: async ({ params, body, service }) => reply(200, await service.replaceView(params.view, body)),
});

const remove = endpoint({
  method: 'delete',
  path: '/views/:view',
  operation: 'deleteView',
  action: 'remove view',
  tag: 'views',
  summary: 'Remove a view',
  params: SavedViewParams,
  query: SavedViewRemoval,
  responses: { 200: { description: 'The view as it was.', schema: SavedView } },
  problems: ['view_not_found'],
  handle: async ({ params, service }) => reply(200, await service.deleteView(params.view)),
});

export const savedViewRoutes: readonly Endpoint[] = [list, create, replace, remove];
