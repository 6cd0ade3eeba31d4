/**
 * A projector in a process of its own that dies as by power cut: SIGKILL at a moment (`KILL_AT`: before, under_way,
 * committed) of its n-th write (`KILL_AFTER`). Without these it lives until it is killed from outside.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { readConfig } from '../../src/config.ts';
import { createLogger } from '../../src/log/log.ts';
import { runProjector } from '../../src/projections/projector.ts';

const config = readConfig();
const { KILL_AT: moment, KILL_AFTER: count } = process.env;
let left = Number(count ?? 0);

await runProjector({
  config,
  log: createLogger('projector-child', config.BATON_LOG_LEVEL),
  signal: new AbortController().signal,
  onReady: () => process.send?.('ready'),
  writeHook: async (at) => {
    if (at !== moment || --left > 0) return;
    // Lets the statement leave for Postgres, if there is one under way.
    if (at === 'under_way') await nextTurn();
    process.kill(process.pid, 'SIGKILL');
  },
});
