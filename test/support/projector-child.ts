/**
 * A projector in a process of its own that dies as by power cut: SIGKILL right after the n-th statement of its pages,
 * inside the transaction. `KILL_AFTER` is n; without it the projector lives until it is killed from outside.
 */
import { readConfig } from '../../src/config.ts';
import { createLogger } from '../../src/log/log.ts';
import { runProjector } from '../../src/projections/projector.ts';

const config = readConfig();
const limit = Number(process.env['KILL_AFTER'] ?? Number.POSITIVE_INFINITY);
let statements = 0;

await runProjector({
  config,
  log: createLogger('projector-child', config.BATON_LOG_LEVEL),
  signal: new AbortController().signal,
  onReady: () => process.send?.('ready'),
  afterStatement: (table) => {
    statements += 1;
    if (statements < limit) return;
    process.send?.({ table });
    process.kill(process.pid, 'SIGKILL');
  },
});
