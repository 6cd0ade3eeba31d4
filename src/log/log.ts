/**
 * Structured logs (pino) to stderr, one JSON object a line; readable on a terminal through pino-pretty. Logging never ends
 * a process, whatever becomes of stderr.
 *
 * Bind `run`, `step` and `attempt` with `log.child()` wherever they are known. Secrets never appear: the usual key
 * fields are redacted, and nothing logs environments, headers or prompts.
 */
import { pino, type Logger } from 'pino';
import { sturdyOutput } from './sturdy-output.ts';

export type { Logger } from 'pino';

const REDACT = ['authorization', 'cookie', 'apiKey', 'api_key', 'password', 'token', 'secret', 'secrets'];

/** A logger for one process; `service` says which (api, worker, projector, stack). */
export function createLogger(service: string, level: string): Logger {
  const options = {
    level,
    base: { service, pid: process.pid },
    redact: { paths: REDACT.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
  };
  // Node's own writes to a stderr that is full or gone would end the process as well.
  if (process.stderr.listenerCount('error') === 0) process.stderr.on('error', () => {});
  if (!process.stderr.isTTY) return pino(options, sturdyOutput(2));
  return pino({ ...options, transport: { target: 'pino-pretty', options: { destination: 2 } } });
}
