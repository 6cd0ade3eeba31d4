/**
 * Process of a worker: `node dist/worker/main.js --role workflows|activities|all`. Settings come from the environment.
 * `--role workflows --eager` serves activities too, as `all` does: Temporal then hands them out together with the
 * workflow task that asks for them.
 */
import { parseArgs } from 'node:util';
import { Runtime } from '@temporalio/worker';
import { ConfigError, readConfig } from '../config.ts';
import { messageOf } from '../errors/errors.ts';
import { createLogger } from '../log/log.ts';
import { safeText } from '../log/safe-text.ts';
import { sdkLogger } from './sdk-logger.ts';
import { watchLoop } from './watch/loop-watch.ts';
import { StuckThreadError } from './watch/watch-threads.ts';
import { workerIdentity } from './worker-options.ts';
import { hideEnvironment, takeHandedOver } from '../secrets/handover.ts';
import { ROLES, runWorker, type Role } from './worker.ts';

function roleOf(argv: readonly string[]): Role {
  const options = { role: { type: 'string' }, eager: { type: 'boolean' } } as const;
  const { values } = parseArgs({ args: [...argv], options });
  const role = ROLES.find((name) => name === values.role);
  if (role === undefined) throw new ConfigError(`--role must be one of ${ROLES.join(', ')}`);
  return role === 'workflows' && values.eager === true ? 'all' : role;
}

async function main(): Promise<void> {
  takeHandedOver();
  hideEnvironment();
  const config = readConfig();
  const role = roleOf(process.argv.slice(2));
  const log = createLogger(`worker-${role}`, config.BATON_LOG_LEVEL);
  // The order of a shutdown is ours: the SDK must not act on signals by itself.
  Runtime.install({ logger: sdkLogger(log), shutdownSignals: [] });
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort());
  const { DATABASE_URL: databaseUrl = null, BATON_LOG_LEVEL: logLevel } = config;
  const onReady = () => {
    watchLoop({ databaseUrl, worker: workerIdentity(role), logLevel }, log);
    process.send?.('ready');
  };
  await runWorker({ role, config, log, signal: stop.signal, onReady });
  log.info({ role }, 'worker stopped');
}

try {
  await main();
  // Native threads of the SDK may outlive their work.
  process.exit(0);
} catch (error) {
  process.stderr.write(safeText(`worker: ${messageOf(error)}\n`));
  // An exit would wait for the thread.
  if (error instanceof StuckThreadError) process.kill(process.pid, 'SIGKILL');
  process.exit(error instanceof ConfigError ? 2 : 1);
}
