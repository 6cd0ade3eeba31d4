/** The HTTP API as an Express app. Opens nothing itself: connections come with what it is given. */
import type { Server } from 'node:http';
import express, { type Express } from 'express';
import helmet from 'helmet';
import { apiPage } from './docs/api-page.ts';
import { builtConsole } from './console/built-console.ts';
import { serveConsole } from './console/serve-console.ts';
import { createFront, type ApiDeps } from './front.ts';
import { HttpError } from './http/http-error.ts';
import { leaveTrail } from './http/leave-trail.ts';
import { localOnly } from './http/local-only.ts';
import { mount } from './http/mount.ts';
import { renderProblem } from './http/problem.ts';
import { requestLog } from './http/request-log.ts';
import { attachSockets } from './live/socket-server.ts';
import { doorPolicy } from '../listeners/door-policy.ts';
import type { GrpcListener } from './grpc/server.ts';
import { ROUTES } from './routes/index.ts';
import type { ListenOptions } from './server.ts';

export type { ApiDeps } from './front.ts';

export interface Api {
  readonly app: Express;
  /** Serves live readers over Socket.IO too, on the server that the app listens with. */
  readonly attachSockets: (server: Server) => void;
  /** Serves gRPC too, on a port of its own. @throws Error when it cannot be had */
  readonly startGrpc: (options: ListenOptions) => Promise<GrpcListener>;
}

/** Serves `/api/v1`, `/health`, `/metrics` and the console. Works while Temporal or Postgres is away: what needs them answers 503. */
export function createApi(deps: ApiDeps): Api {
  const front = createFront(deps);
  const policy = doorPolicy(deps.config);
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.use(
    requestLog(deps.log),
    front.metrics.measure,
    helmet(),
    leaveTrail(front.service),
    localOnly(policy),
  );
  for (const group of ROUTES) app.use(group.base === '' ? '/' : group.base, mount(group, front));
  app.use('/api/docs', apiPage());
  app.use(serveConsole(builtConsole()));
  app.use((request, _response, next) => {
    next(new HttpError('route_not_found', `There is no route ${request.method} ${request.path}.`));
  });
  app.use(renderProblem);
  return {
    app,
    attachSockets: (server) => attachSockets(server, front, policy),
    startGrpc: async (options) => (await import('./grpc/server.ts')).startGrpc(front, policy, options),
  };
}
