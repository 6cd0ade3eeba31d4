/** Nodes: programs of users that do steps of runs. */
import {
  Node,
  NodeBy,
  NodeContent,
  NodeMatch,
  NodeNeed,
  NodeParams,
  Nodes,
} from '../../../contract/nodes/node.ts';
import { endpoint, reply, type Endpoint } from '../../http/endpoint.ts';

const list = endpoint({
  method: 'get',
  path: '/nodes',
  operation: 'listNodes',
  tag: 'nodes',
  summary: 'List the nodes with what they are at, and the work that waits for one',
  responses: { 200: { description: 'All of them, by name.', schema: Nodes } },
  handle: async ({ service }) => reply(200, await service.listNodes()),
});

const get = endpoint({
  method: 'get',
  path: '/nodes/:node',
  operation: 'getNode',
  tag: 'nodes',
  summary: 'Get a node',
  params: NodeParams,
  responses: { 200: { description: 'The node.', schema: Node } },
  problems: ['node_not_found'],
  handle: async ({ params, service }) => reply(200, await service.getNode(params.node)),
});

const match = endpoint({
  method: 'post',
  path: '/nodes/match',
  operation: 'matchNode',
  action: null,
  tag: 'nodes',
  summary: 'Ask which node would do a piece of work now, and why',
  body: { kind: 'json', schema: NodeNeed },
  responses: { 200: { description: 'The node, and what speaks against the others.', schema: NodeMatch } },
  handle: async ({ body, service }) => reply(200, await service.matchNode(body)),
});

const replace = endpoint({
  method: 'put',
  path: '/nodes/:node',
  operation: 'replaceNode',
  action: 'change node',
  tag: 'nodes',
  summary: 'Name a node that Baton calls, or change all of it',
  params: NodeParams,
  body: { kind: 'json', schema: NodeContent },
  responses: { 200: { description: 'The node as it is now.', schema: Node } },
  problems: ['node_taken'],
  handle: async ({ params, body, service }) => reply(200, await service.replaceNode(params.node, body)),
});

const draining = (wanted: boolean) =>
  endpoint({
    method: 'post',
    path: wanted ? '/nodes/:node/drain' : '/nodes/:node/undrain',
    operation: wanted ? 'drainNode' : 'undrainNode',
    action: wanted ? 'drain node' : 'undrain node',
    body: { kind: 'json', schema: NodeBy },
    tag: 'nodes',
    summary: wanted
      ? 'Have a node take nothing new, and end what it has'
      : 'Have a drained node take work again',
    params: NodeParams,
    responses: { 200: { description: 'The node as it is now.', schema: Node } },
    problems: ['node_not_found'],
    handle: async ({ params, service }) => reply(200, await service.drainNode(params.node, wanted)),
  });

const remove = endpoint({
  method: 'delete',
  path: '/nodes/:node',
  operation: 'deleteNode',
  action: 'remove node',
  query: NodeBy,
  tag: 'nodes',
  summary: 'Forget a node; what it is at goes to others',
  params: NodeParams,
  responses: { 200: { description: 'The node as it was.', schema: Node } },
  problems: ['node_not_found'],
  handle: async ({ params, service }) => reply(200, await service.deleteNode(params.node)),
});

export const nodeRoutes: readonly Endpoint[] = [
  list,
  get,
  match,
  replace,
  draining(true),
  draining(false),
  remove,
];
