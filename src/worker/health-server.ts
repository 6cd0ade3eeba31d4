/**
 * A worker's own HTTP listener: `/metrics` for Prometheus, `/healthz` for whoever watches the process (503 with the
 * reason while its polls do not reach Temporal or a thread of it hangs).
 */
import { serveGuarded, tell, tellWhere, type OwnListener } from '../listeners/serve-guarded.ts';
import type { Logger } from '../log/log.ts';

const PATHS = '/metrics and /healthz';

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
 * @throws InvalidError `insecure_bind` when it would be open to others and that was not asked for.
 */
export async function serveHealth(
  config: Parameters<typeof serveGuarded>[0],
  { missing, figures, type }: Vitals,
  log: Logger,
): Promise<OwnListener> {
  return serveGuarded(
    config,
    PATHS,
    async (path, response) => {
      if (path === '/metrics') {
        response.writeHead(200, { 'content-type': type }).end(await figures());
      } else if (path === '/healthz') {
        const reason = missing();
        if (reason === null) tell(response, 200, { status: 'ok' });
        else tell(response, 503, { status: 'unavailable', reason });
      } else tellWhere(response, PATHS);
    },
    log,
  );
}
