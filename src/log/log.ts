/**
 * Structured logs (pino) to stderr, one JSON object a line; readable on a terminal through pino-pretty. Logging never ends
 * a process, whatever becomes of stderr.
 *
 * Bind `run`, `step` and `attempt` with `log.child()` wherever they are known. Secrets never appear: the usual key
 * fields are redacted, every line passes the mask of all secrets that the process knows, and nothing logs environments,
 * headers or prompts. Nor do characters that a terminal would obey.
 */
import { pino, type Logger } from 'pino';
import { readJson, writeJson } from '../plan/exact-json.ts';
import type { Json, JsonObject } from '../plan/json.ts';
import { knownSecrets } from '../secrets/known-secrets.ts';
import { maskingFor, maskJson, withoutLogins } from '../secrets/masking.ts';
import { safeJson, safeText } from './safe-text.ts';
import { sturdyOutput } from './sturdy-output.ts';

export type { Logger } from 'pino';

const REDACT = ['authorization', 'cookie', 'apiKey', 'api_key', 'password', 'token', 'secret', 'secrets'];

/**
 * A logger for one process; `service` says which (api, worker, projector, stack).
 *
 * @param env where the secrets are known from. @default process.env
 */
export function createLogger(service: string, level: string, env: NodeJS.ProcessEnv = process.env): Logger {
  const pretty = process.stderr.isTTY;
  const options = {
    level,
    base: { service, pid: process.pid },
    redact: { paths: REDACT.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
    hooks: { streamWrite: lineCleaner(env, pretty) },
  };
  // Node's own writes to a stderr that is full or gone would end the process as well.
  if (process.stderr.listenerCount('error') === 0) process.stderr.on('error', () => {});
  if (!pretty) return pino(options, sturdyOutput(2));
  return pino({ ...options, transport: { target: 'pino-pretty', options: { destination: 2 } } });
}

/**
 * What a line becomes before it is written.
 *
 * @param pretty the line is for pino-pretty, which undoes JSON's escapes
 */
export function lineCleaner(env: NodeJS.ProcessEnv, pretty: boolean): (line: string) => string {
  const { mask } = maskingFor(knownSecrets(env));
  const clean = (text: string) => {
    const masked = withoutLogins(mask(text));
    return pretty ? safeText(masked) : masked;
  };
  return (line) => {
    if (clean(line) === line && !(pretty && ESCAPE.test(line))) return safeJson(line);
    return safeJson(`${writeJson(cleaned(readJson(line) as JsonObject, clean))}\n`);
  };
}

/** JSON's escape of a control character. */
const ESCAPE = /\\u00|\\[bfr]/;

/** pino's own fields stay as they are. */
function cleaned(entry: JsonObject, clean: (text: string) => string): Json {
  const { level, time, pid, ...rest } = entry;
  const own = Object.entries({ level, time, pid }).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(own as [string, Json][]), ...(maskJson(rest, clean) as JsonObject) };
}
