/**
 * The door to a Temporal UI as a process of its own: `node dist/stack/temporal-ui.js http://127.0.0.1:8080`. Listens on
 * BATON_HOST and BATON_PORT. For an `npm start` the stack opens one itself.
 */
import { readConfig } from '../config.ts';
import { messageOf } from '../errors/errors.ts';
import { doorPolicy, openToOthers } from '../listeners/door-policy.ts';
import { createLogger } from '../log/log.ts';
import { openUiDoor } from './servers/temporal-ui-door.ts';

try {
  const config = readConfig();
  const log = createLogger('temporal-ui', config.BATON_LOG_LEVEL);
  const warning = openToOthers(config);
  if (warning !== undefined) log.warn(warning);
  const door = await openUiDoor({
    upstream: upstreamOf(process.argv[2]),
    host: config.BATON_HOST,
    port: config.BATON_PORT,
    policy: doorPolicy(config, { ownPagesSendText: true }),
  });
  log.info({ host: config.BATON_HOST, port: door.port }, 'the Temporal UI is here');
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => door.close());
} catch (error) {
  process.stderr.write(`baton temporal-ui: ${messageOf(error)}\n`);
  process.exitCode = 1;
}

function upstreamOf(argument = ''): string {
  if (URL.canParse(argument)) return argument;
  throw new Error('say where the UI itself is: http://127.0.0.1:8080');
}
