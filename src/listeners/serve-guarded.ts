/**
 * A process's own HTTP listener for figures and health, guarded as every other. A port that cannot be had is reported and
 * harms nothing.
 */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { messageOf } from '../errors/errors.ts';
import type { Logger } from '../log/log.ts';
import { doorPolicy, openToOthers } from './door-policy.ts';
import { guardListener } from './guard-listener.ts';

type Settings = Parameters<typeof doorPolicy>[0] &
  Parameters<typeof openToOthers>[0] & { readonly BATON_METRICS_PORT: number };

export interface OwnListener {
  close(): void;
}

/** Answers a request for this path. */
export type AnswerPath = (path: string, response: ServerResponse) => Promise<void>;

/**
 * Listens on `BATON_METRICS_PORT`; resolves once it does, or will not.
 *
 * @param serves its paths, for the log
 * @throws InvalidError `insecure_bind` when it would be open to others and that was not asked for.
 */
export async function serveGuarded(
  config: Settings,
  serves: string,
  answer: AnswerPath,
  log: Logger,
): Promise<OwnListener> {
  const { BATON_HOST: host, BATON_METRICS_PORT: port } = config;
  const warning = openToOthers(config);
  if (warning !== undefined) log.warn(warning);
  const guarded = guardListener(doorPolicy(config), (request, response) => {
    answer(new URL(request.url ?? '/', 'http://own').pathname, response).catch((error: unknown) => {
      log.warn({ reason: messageOf(error) }, 'metrics could not be answered');
      response.destroy();
    });
  });
  const server = createServer(guarded);
  try {
    server.listen(port, host);
    await once(server, 'listening');
    server.on('error', () => {});
    log.info({ host, port }, `serves ${serves}`);
  } catch (error) {
    log.warn({ reason: messageOf(error), host, port }, 'no metrics: BATON_METRICS_PORT cannot be had');
  }
  return {
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Answers with JSON. */
export function tell(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** Answers what is asked for and is not there. */
export function tellWhere(response: ServerResponse, paths: string): void {
  response.writeHead(404, { 'content-type': 'text/plain' }).end(`see ${paths}\n`);
}
