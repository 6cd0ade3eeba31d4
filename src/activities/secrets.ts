/**
 * The worker's secrets: `secrets.NAME` in a template is the environment's `BATON_SECRET_NAME`.
 *
 * Whatever leaves an activity passes the mask, so that neither a secret nor a vendor's key shows in failures; values
 * shorter than {@link SHORTEST} characters are not masked, since that would tear ordinary text apart.
 */
import type { Json } from '../plan/json.ts';

const PREFIX = 'BATON_SECRET_';
/** Vendors' keys are no secrets of templates, but must not leak either. */
const VENDOR_KEYS = [
  'ANTHROPIC_API_KEY',
  'OPENAI_API_KEY',
  'GOOGLE_GENERATIVE_AI_API_KEY',
  'BATON_COMPATIBLE_API_KEY',
];
const SHORTEST = 4;
const MASK = '***';

export interface Secrets {
  /** By name without the prefix. */
  readonly values: Readonly<Record<string, string>>;
  /** Replaces every secret in a text, also where it stands URL-encoded or JSON-escaped. */
  readonly mask: (text: string) => string;
  /** How many characters at the end of a text may be the beginning of a secret that goes on after it. */
  readonly torn: (text: string) => number;
}

/** Takes the secrets from an environment, once per process. */
export function readSecrets(env: NodeJS.ProcessEnv): Secrets {
  const own = Object.entries(env)
    .filter(([name, value]) => name.startsWith(PREFIX) && name !== PREFIX && value !== undefined)
    .map(([name, value]) => [name.slice(PREFIX.length), value ?? ''] as const);
  const keys = VENDOR_KEYS.map((name) => env[name] ?? '');
  const forms = formsOf([...own.map(([, value]) => value), ...keys]);
  return {
    values: Object.fromEntries(own),
    mask: (text) => forms.reduce((masked, form) => masked.replaceAll(form, MASK), text),
    torn: (text) => Math.max(0, ...forms.map((form) => overlap(text, form))),
  };
}

/** What is masked: each secret in every form it may take. */
function formsOf(secrets: readonly string[]): readonly string[] {
  const forms = secrets
    .flatMap((secret) => [secret, secret.trim()])
    .filter((secret) => secret.length >= SHORTEST)
    .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]);
  // The longest first: a secret may be a part of another.
  return [...new Set(forms)].sort((a, b) => b.length - a.length);
}

/** Length of the longest end of the text that is a beginning of the form, but not all of it. */
function overlap(text: string, form: string): number {
  const first = form.charAt(0);
  let at = text.indexOf(first, Math.max(0, text.length - form.length + 1));
  while (at >= 0 && !form.startsWith(text.slice(at))) at = text.indexOf(first, at + 1);
  return at < 0 ? 0 : text.length - at;
}

/** Masks every string of a value, member names included. */
export function maskJson(value: Json, mask: Secrets['mask']): Json {
  if (typeof value === 'string') return mask(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => maskJson(item, mask));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [mask(key), maskJson(item, mask)]));
}
