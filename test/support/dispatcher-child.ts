/** The sending of events in a process of its own, which a test kills as by power cut. */
import { readConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/database/database.ts';
import { createLogger } from '../../src/log/log.ts';
import { dispatchEvents } from '../../src/webhooks/index.ts';

const config = readConfig();
const log = createLogger('dispatcher-child', 'error');
const database = openDatabase(config.DATABASE_URL ?? '', { log, name: 'dispatcher-child' });
process.send?.('ready');
await dispatchEvents({ database, config, mask: (text) => text, log, signal: new AbortController().signal });
