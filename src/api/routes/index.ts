/** All routes, and the document that describes them. */
import { z } from 'zod';
import { endpoint, reply, type Endpoint, type RouteGroup } from '../http/endpoint.ts';
import { mcpEndpoint } from '../mcp/endpoint.ts';
import { openApiDocument } from '../openapi.ts';
import { auditRoutes } from './audit.ts';
import { commandRoutes } from './steering/commands.ts';
import { checkpointRoutes } from './steering/checkpoints.ts';
import { bundleRoutes } from './bundles.ts';
import { callRoutes } from './calls.ts';
import { continueRoutes } from './continue.ts';
import { docsRoutes } from './docs.ts';
import { editRoutes } from './steering/edits.ts';
import { eventRoutes } from './events.ts';
import { graphRoutes } from './listing/graphs.ts';
import { insightRoutes } from './listing/insights.ts';
import { runFigureRoutes } from './listing/run-figures.ts';
import { nodeRoutes } from './listing/nodes.ts';
import { savedViewRoutes } from './listing/saved-views.ts';
import { messageRoutes } from './messages.ts';
import { questionRoutes } from './questions.ts';
import { rerunRoutes } from './rerun.ts';
import { runRoutes } from './runs.ts';
import { aboutRoutes, serviceRoutes } from './service.ts';
import { stateRoutes } from './state.ts';
import { statsRoutes } from './stats.ts';
import { stepCommandRoutes } from './steering/step-commands.ts';
import { streamRoutes } from './stream.ts';
import { threadRoutes } from './thread.ts';
import { valueRoutes } from './values.ts';
import { webhookRoutes } from './listing/webhooks.ts';
import { workflowRoutes } from './workflows.ts';

/** Made once, at the first request. */
let rendered: ReturnType<typeof openApiDocument> | undefined;

const document: Endpoint = endpoint({
  method: 'get',
  path: '/openapi.json',
  operation: 'getOpenApi',
  tag: 'service',
  summary: 'This document',
  responses: { 200: { description: 'OpenAPI 3.1.', schema: z.record(z.string(), z.unknown()) } },
  handle: async () => reply(200, (rendered ??= openApiDocument(ROUTES))),
});

export const ROUTES: readonly RouteGroup[] = [
  {
    base: '/api/v1',
    endpoints: [
      ...aboutRoutes,
      ...workflowRoutes,
      ...runFigureRoutes,
      ...runRoutes,
      ...graphRoutes,
      ...rerunRoutes,
      ...eventRoutes,
      ...streamRoutes,
      ...stateRoutes,
      ...valueRoutes,
      ...commandRoutes,
      ...editRoutes,
      ...stepCommandRoutes,
      ...messageRoutes,
      ...questionRoutes,
      ...continueRoutes,
      ...checkpointRoutes,
      ...callRoutes,
      ...bundleRoutes,
      ...statsRoutes,
      ...insightRoutes,
      ...savedViewRoutes,
      ...nodeRoutes,
      ...webhookRoutes,
      ...auditRoutes,
      document,
    ],
  },
  { base: '/api', endpoints: threadRoutes },
  { base: '', endpoints: [...serviceRoutes, ...docsRoutes, mcpEndpoint(() => ROUTES)] },
];
