/**
 * The projector's own HTTP listener: `/metrics` for Prometheus, `/healthz` for whoever watches the process (503 until it
 * follows runs). Off unless a port is set; a port that cannot be had is reported and harms nothing.
 */
import { createServer } from 'node:http';
import type { RequestListener, Server, ServerResponse } from 'node:http';
import type { Config } from '../config.ts';
import { messageOf } from '../errors/errors.ts';
import { doorPolicy, openToOthers } from '../listeners/door-policy.ts';
import { guardListener } from '../listeners/guard-listener.ts';
import type { Logger } from '../log/log.ts';
import { registry } from './metrics.ts';

export interface MetricsServer {
  /** The projector follows runs from now on. */
  markReady(): void;
  close(): void;
}

type Settings = Pick<Config, 'BATON_HOST' | 'BATON_ALLOWED_HOSTS' | 'BATON_INSECURE' | 'BATON_METRICS_PORT'>;

/**
 * Resolves once it listens, or will not.
 *
 * @throws InvalidError `insecure_bind` when it would be open to others and that was not asked for.
 */
export async function serveMetrics(config: Settings, log: Logger): Promise<MetricsServer> {
  const { BATON_HOST: host, BATON_METRICS_PORT: port } = config;
  if (port === 0) return { markReady: () => {}, close: () => {} };
  const warning = openToOthers(config);
  if (warning !== undefined) log.warn(warning);
  let isReady = false;
  const listener: RequestListener = (request, response) => {
    answer(request.url ?? '/', isReady, response).catch((error: unknown) => {
      log.warn({ reason: messageOf(error) }, 'metrics could not be answered');
      response.destroy();
    });
  };
  const server = createServer(guardListener(doorPolicy(config), listener));
  try {
    await listening(server, port, host);
    log.info({ host, port }, 'projector serves /metrics and /healthz');
  } catch (error) {
    log.warn({ reason: messageOf(error), host, port }, 'no metrics: BATON_METRICS_PORT cannot be had');
  }
  return {
    markReady: () => {
      isReady = true;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      server.on('error', () => {});
      resolve();
    });
  });
}

async function answer(url: string, isReady: boolean, response: ServerResponse): Promise<void> {
  switch (new URL(url, 'http://projector').pathname) {
    case '/metrics':
      response.writeHead(200, { 'content-type': registry.contentType }).end(await registry.metrics());
      return;
    case '/healthz':
      response.writeHead(isReady ? 200 : 503, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ status: isReady ? 'ok' : 'starting' }));
      return;
    default:
      response.writeHead(404, { 'content-type': 'text/plain' }).end('see /metrics and /healthz\n');
  }
}
