/**
 * The API's process. Starts even while Postgres or Temporal is away, and serves them as soon as they are there.
 *
 * SIGTERM and SIGINT let open answers finish, for at most five seconds.
 */
import { readConfig, type Config } from '../config.ts';
import { messageOf } from '../errors/errors.ts';
import { createLogger } from '../log/log.ts';
import { openToOthers } from '../listeners/door-policy.ts';
import { safeText } from '../log/safe-text.ts';
import { openService } from '../service/index.ts';
import { createApi, type Api } from './app.ts';
import type { GrpcListener } from './grpc/server.ts';
import { drain, listen } from './server.ts';

const DRAIN_MS = 4_000;

async function main(): Promise<void> {
  const config = readConfig();
  const log = createLogger('api', config.BATON_LOG_LEVEL);
  const closing = new AbortController();
  const opened = openService('api', config, log, closing.signal);
  const warning = openToOthers(config);
  if (warning !== undefined) log.warn(warning);
  const { app, attachSockets, startGrpc } = createApi({ ...opened.deps, config });
  const { server, url } = await listen(app, {
    host: config.BATON_HOST,
    port: config.BATON_PORT,
    exact: (process.env['BATON_PORT'] ?? '') !== '',
  });
  attachSockets(server);
  log.info({ url }, 'API listens');
  const grpc = await listenForGrpc(config, startGrpc).catch((error: unknown) => {
    server.close();
    throw error;
  });
  if (grpc !== undefined) log.info({ address: grpc.address }, 'gRPC listens');
  process.send?.('ready');
  const migrated = opened.migrate();

  const signal = await new Promise((resolve) => {
    process.once('SIGTERM', resolve).once('SIGINT', resolve);
  });
  log.info({ signal }, 'API ends');
  closing.abort();
  await Promise.all([drain(server, DRAIN_MS), grpc?.drain(DRAIN_MS)]);
  await Promise.allSettled([migrated, opened.close()]);
}

async function listenForGrpc(config: Config, start: Api['startGrpc']): Promise<GrpcListener | undefined> {
  const { BATON_HOST: host, BATON_GRPC_PORT: port } = config;
  if (port === null) return undefined;
  return start({ host, port, exact: (process.env['BATON_GRPC_PORT'] ?? '') !== '' });
}

try {
  await main();
} catch (error) {
  process.stderr.write(safeText(`baton api: ${messageOf(error)}\n`));
  process.exitCode = 1;
}
