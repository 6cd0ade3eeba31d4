/**
 * The projector's own HTTP listener: `/metrics` for Prometheus, `/health/live` (the process answers) and `/health/ready`
 * (it does its work, part by part; 503 while it does not) for whoever watches it; `/healthz` is the same as the latter.
 * Off unless a port is set.
 */
import { serveGuarded, tell, tellWhere, type OwnListener } from '../../listeners/serve-guarded.ts';
import type { Logger } from '../../log/log.ts';
import { registry } from './metrics.ts';
import type { Pulse } from './pulse.ts';

/**
 * Resolves once it listens, or will not.
 *
 * @throws InvalidError `insecure_bind` when it would be open to others and that was not asked for.
 */
export async function serveMetrics(
  config: Parameters<typeof serveGuarded>[0],
  pulse: Pulse,
  log: Logger,
): Promise<OwnListener> {
  if (config.BATON_METRICS_PORT === 0) return { close: () => {} };
  return serveGuarded(
    config,
    '/metrics, /health/live and /health/ready',
    async (path, response) => {
      if (path === '/metrics') {
        response.writeHead(200, { 'content-type': registry.contentType }).end(await registry.metrics());
      } else if (path === '/health/live') {
        tell(response, 200, { status: 'live' });
      } else if (path === '/health/ready' || path === '/healthz') {
        const health = pulse.health();
        tell(response, health.status === 'ok' ? 200 : 503, health);
      } else tellWhere(response, '/metrics and /health/ready');
    },
    log,
  );
}
