/** Process of a projector: `node dist/projections/main.js`. Settings come from the environment. */
import { ConfigError, readConfig } from '../config.ts';
import { messageOf } from '../errors/errors.ts';
import { openToOthers } from '../listeners/door-policy.ts';
import { createLogger } from '../log/log.ts';
import { safeText } from '../log/safe-text.ts';
import { runProjector } from './projector.ts';

async function main(): Promise<void> {
  const config = readConfig();
  const log = createLogger('projector', config.BATON_LOG_LEVEL);
  // Refused before anything is waited for.
  if (config.BATON_METRICS_PORT !== 0) openToOthers(config);
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort());
  await runProjector({ config, log, signal: stop.signal, onReady: () => process.send?.('ready') });
  log.info('projector stopped');
}

try {
  await main();
  process.exit(0);
} catch (error) {
  process.stderr.write(safeText(`projector: ${messageOf(error)}\n`));
  process.exit(error instanceof ConfigError ? 2 : 1);
}
