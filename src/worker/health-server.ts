/**
 * A worker's own HTTP listener: `/metrics` for Prometheus, `/healthz` for whoever watches the process (503 with the
 * reason while its polls do not reach Temporal or a thread of it hangs). A port that cannot be had is reported and harms
 * nothing.
 */
import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { Config } from '../config.ts';
import { messageOf } from '../errors/errors.ts';
import { doorPolicy, openToOthers } from '../listeners/door-policy.ts';
import { guardListener } from '../listeners/guard-listener.ts';
import type { Logger } from '../log/log.ts';

type Settings = Pick<Config, 'BATON_HOST' | 'BATON_ALLOWED_HOSTS' | 'BATON_INSECURE' | 'BATON_METRICS_PORT'>;

export interface HealthServer {
  close(): void;
}

/** What is served. */
export interface Vitals {
  /** What keeps the worker from its work; null: nothing does. */
  readonly missing: () => string | null;
  readonly figures: () => Promise<string>;
  /** Content type of the figures. */
  readonly type: string;
}

/**
 * Resolves once it listens, or will not.
 *
 * @throws InvalidError when it would be open to others and that was not asked for.
 */
export async function serveHealth(config: Settings, vitals: Vitals, log: Logger): Promise<HealthServer> {
  const { BATON_HOST: host, BATON_METRICS_PORT: port } = config;
  const warning = openToOthers(config);
  if (warning !== undefined) log.warn(warning);
  const listener: RequestListener = (request, response) => {
    answer(request.url ?? '/', vitals, response).catch((error: unknown) => {
      log.warn({ reason: messageOf(error) }, 'metrics could not be answered');
      response.destroy();
    });
  };
  const server = createServer(guardListener(doorPolicy(config), listener));
  try {
    server.listen(port, host);
    await once(server, 'listening');
    server.on('error', () => {});
    log.info({ host, port }, 'worker serves /metrics and /healthz');
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

async function answer(
  url: string,
  { missing, figures, type }: Vitals,
  response: ServerResponse,
): Promise<void> {
  switch (new URL(url, 'http://worker').pathname) {
    case '/metrics':
      response.writeHead(200, { 'content-type': type }).end(await figures());
      return;
    case '/healthz': {
      const reason = missing();
      response.writeHead(reason === null ? 200 : 503, { 'content-type': 'application/json' });
      response.end(JSON.stringify(reason === null ? { status: 'ok' } : { status: 'unavailable', reason }));
      return;
    }
    default:
      response.writeHead(404, { 'content-type': 'text/plain' }).end('see /metrics and /healthz\n');
  }
}
