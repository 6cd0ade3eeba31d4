/**
 * Which values of an environment are secret: what templates may read (`BATON_SECRET_NAME`), the vendors' keys, what its
 * name calls a key, token or password, and logins inside URLs.
 */
import { isLogin, SECRET_NAME } from './forms.ts';

const PREFIX = 'BATON_SECRET_';
const VENDOR_KEYS = [
  'ANTHROPIC_API_KEY',
  'OPENAI_API_KEY',
  'GOOGLE_GENERATIVE_AI_API_KEY',
  'BATON_COMPATIBLE_API_KEY',
];
/** One after the other, each a secret. */
const SEALING_KEYS = 'BATON_SEALING_KEY';
/** Of names that only look as if they named a secret. */
const SHORTEST_GUESSED = 8;

/** What templates read as `secrets.NAME`. */
export function templateSecrets(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const own = valuesOf(env).filter(([name]) => name.startsWith(PREFIX) && name !== PREFIX);
  return Object.fromEntries(own.map(([name, value]) => [name.slice(PREFIX.length), value]));
}

/** Every value that must not show. */
export function knownSecrets(env: NodeJS.ProcessEnv): readonly string[] {
  return [...new Set(valuesOf(env).flatMap(([name, value]) => secretsIn(name, value)))];
}

/** True for a variable that must not reach programs of others. */
export function isSecret(name: string, value: string): boolean {
  return secretsIn(name, value).length > 0;
}

function secretsIn(name: string, value: string): readonly string[] {
  if (name.startsWith(PREFIX) || VENDOR_KEYS.includes(name)) return [value];
  if (OTLP_HEADERS.test(name)) return headerValues(value);
  if (name === SEALING_KEYS) return value.split(',').map((key) => key.trim());
  // DATABASE_URL, REDIS_URL, proxies …
  if (isLogin(value)) return [value];
  const guessed = SECRET_NAME.test(name) && value.length >= SHORTEST_GUESSED && !value.startsWith('/');
  return guessed ? [value] : [];
}

/** `name=value,name=value`: keys of whoever keeps the spans. Each as it is written, and as it is sent. */
const OTLP_HEADERS = /^OTEL_EXPORTER_OTLP_(\w+_)?HEADERS$/;

function headerValues(value: string): readonly string[] {
  const values = value.split(',').map((pair) => pair.slice(pair.indexOf('=') + 1).trim());
  return values.filter((one) => one !== '').flatMap((one) => [one, one.replace(/%20/g, ' ')]);
}

function valuesOf(env: NodeJS.ProcessEnv): (readonly [string, string])[] {
  return Object.entries(env).flatMap(([name, value]) => (value ? [[name, value] as const] : []));
}
