/**
 * The installations that somebody works with, each under a name: where it is, and what is sent along to it. One file in the
 * user's folder of settings, which only he can read; it is replaced as a whole, by one at a time.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import envPaths from 'env-paths';
import { lock } from 'proper-lockfile';
import * as v from 'valibot';
import { writeFileAtomically } from '../../stack/home/files.ts';
import { CliError, EXIT } from '../exit.ts';

const CONTEXT = v.object({
  /** Of the API, without a path. */
  url: v.pipe(v.string(), v.url()),
  /** Sent with each request. */
  headers: v.optional(v.record(v.string(), v.string()), {}),
  /** Name of the environment variable that holds a token: sent as `Authorization: Bearer …`. */
  token_env: v.optional(v.string()),
});

const CONTEXTS = v.object({
  /** The one in use; null: none. */
  current: v.nullable(v.string()),
  contexts: v.record(v.string(), CONTEXT),
});

export type Context = v.InferOutput<typeof CONTEXT>;
export type Contexts = v.InferOutput<typeof CONTEXTS>;

const NAME = /^[A-Za-z0-9][\w.-]{0,63}$/;
/** Another `baton context` takes moments. */
const LOCK = {
  realpath: false,
  stale: 10_000,
  retries: { retries: 50, factor: 1, minTimeout: 50, maxTimeout: 100 },
};

/** `contexts.json` where this system keeps settings: XDG_CONFIG_HOME where that is set, on every system. */
export function contextFile(): string {
  const xdg = process.env['XDG_CONFIG_HOME'] ?? '';
  return join(xdg === '' ? envPaths('baton', { suffix: '' }).config : join(xdg, 'baton'), 'contexts.json');
}

/** @throws CliError `contexts_unreadable` for a file that is there and not in its form */
export function readContexts(file = contextFile()): Contexts {
  if (!existsSync(file)) return { current: null, contexts: {} };
  try {
    return v.parse(CONTEXTS, JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    const message = `${file} cannot be read. Correct it, or remove it and add your contexts again.`;
    throw new CliError(EXIT.usage, message, { code: 'contexts_unreadable' });
  }
}

/** What `change` makes of them, also where somebody else changes them at the same time. @throws CliError */
export async function changeContexts(
  change: (now: Contexts) => Contexts,
  file = contextFile(),
): Promise<void> {
  mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 });
  const release = await lock(file, LOCK);
  try {
    writeFileAtomically(file, `${JSON.stringify(change(readContexts(file)), null, 2)}\n`);
  } finally {
    await release();
  }
}

/** @throws CliError `context_not_found` */
export function contextNamed({ contexts }: Contexts, name: string): Context {
  const found = Object.hasOwn(contexts, name) ? contexts[name] : undefined;
  if (found !== undefined) return found;
  const known = Object.keys(contexts).toSorted();
  const there =
    known.length === 0
      ? 'There are none yet: baton context add NAME --url URL'
      : `There are ${known.join(', ')}.`;
  throw new CliError(EXIT.usage, `there is no context "${name}". ${there}`, { code: 'context_not_found' });
}

/** @throws CliError for what may not be a name */
export function checkName(name: string): string {
  if (NAME.test(name)) return name;
  const message = `"${name}" is no name of a context: letters, digits, dots and dashes, at most 64`;
  throw new CliError(EXIT.usage, message, { code: 'option_unclear' });
}
