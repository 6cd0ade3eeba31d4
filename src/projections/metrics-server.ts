/**
 * The projector's own HTTP listener: `/metrics` for Prometheus, `/health/live` (the process answers) and `/health/ready`
 * (it does its work, part by part; 503 while it does not) for whoever watches it; `/healthz` is the same as the latter.
 * Off unless a port is set; a port that cannot be had is reported and harms nothing.
 */
import { createServer } from 'node:http';
import type { RequestListener, Server, ServerResponse } from 'node:http';
import type { Config } from '../config.ts';
import { messageOf } from '../errors/errors.ts';
import { doorPolicy, openToOthers } from '../listeners/door-policy.ts';
import { guardListener } from '../listeners/guard-listener.ts';
import type { Logger } from '../log/log.ts';
import { registry } from './metrics.ts';
import type { Pulse } from './pulse.ts';

export interface MetricsServer {
  close(): void;
}

type Settings = Pick<Config, 'BATON_HOST' | 'BATON_ALLOWED_HOSTS' | 'BATON_INSECURE' | 'BATON_METRICS_PORT'>;

/**
 * Resolves once it listens, or will not.
 *
 * @throws InvalidError `insecure_bind` when it would be open to others and that was not asked for.
 */
export async function serveMetrics(config: Settings, pulse: Pulse, log: Logger): Promise<MetricsServer> {
  const { BATON_HOST: host, BATON_METRICS_PORT: port } = config;
  if (port === 0) return { close: () => {} };
  const warning = openToOthers(config);
  if (warning !== undefined) log.warn(warning);
  const listener: RequestListener = (request, response) => {
    answer(request.url ?? '/', pulse, response).catch((error: unknown) => {
      log.warn({ reason: messageOf(error) }, 'metrics could not be answered');
      response.destroy();
    });
  };
  const server = createServer(guardListener(doorPolicy(config), listener));
  try {
    await listening(server, port, host);
    log.info({ host, port }, 'projector serves /metrics, /health/live and /health/ready');
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

async function answer(url: string, pulse: Pulse, response: ServerResponse): Promise<void> {
  switch (new URL(url, 'http://projector').pathname) {
    case '/metrics':
      response.writeHead(200, { 'content-type': registry.contentType }).end(await registry.metrics());
      return;
    case '/health/live':
      tell(response, 200, { status: 'live' });
      return;
    case '/health/ready':
    case '/healthz': {
      const health = pulse.health();
      tell(response, health.status === 'ok' ? 200 : 503, health);
      return;
    }
    default:
      response.writeHead(404, { 'content-type': 'text/plain' }).end('see /metrics and /health/ready\n');
  }
}

function tell(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
