/**
 * Which installation a command works with, and what is sent along to it. The first of these that says something: `--context`,
 * `BATON_URL`, `BATON_CONTEXT`, the context in use, the stack that runs in `BATON_HOME`, the usual port. What belongs to a
 * context goes to its own address alone.
 */
import type { Config } from '../../config.ts';
import type { StackInfo } from '../../stack/home/stack-file.ts';
import { CliError, EXIT } from '../exit.ts';
import { contextNamed, type Context, type Contexts } from './context-file.ts';

/** What said where the installation is. */
export type By = '--context' | 'BATON_URL' | 'BATON_CONTEXT' | 'context' | 'stack' | 'port';

/** A header whose value must not be shown. */
export interface SecretHeader {
  readonly name: string;
  /** What stands before the secret, and may be shown. */
  readonly prefix: string;
  readonly secret: string;
  /** Of the environment, where the secret stands, or would. */
  readonly variable: string;
}

export interface Target {
  readonly url: string;
  readonly by: By;
  /** Name of the context; null: it is none. */
  readonly context: string | null;
  readonly headers: readonly SecretHeader[];
}

export interface Choice {
  /** `--context`. */
  readonly named: string | undefined;
  readonly config: Pick<Config, 'BATON_URL' | 'BATON_CONTEXT' | 'BATON_PORT'>;
  readonly contexts: Contexts;
  readonly stack: Pick<StackInfo, 'api'> | undefined;
  readonly environment: NodeJS.ProcessEnv;
}

/** @throws CliError `context_not_found`; `token_missing` where the variable of a token is not set */
export function chooseTarget({ named, config, contexts, stack, environment }: Choice): Target {
  const of = (name: string, by: By): Target => {
    const context = contextNamed(contexts, name);
    return { url: context.url, by, context: name, headers: headersOf(name, context, environment) };
  };
  const plain = (url: string, by: By): Target => ({ url, by, context: null, headers: [] });
  if (named !== undefined) return of(named, '--context');
  if (config.BATON_URL !== undefined) return plain(config.BATON_URL, 'BATON_URL');
  if (config.BATON_CONTEXT !== undefined) return of(config.BATON_CONTEXT, 'BATON_CONTEXT');
  if (contexts.current !== null) return of(contexts.current, 'context');
  if (stack !== undefined) return plain(stack.api, 'stack');
  return plain(`http://127.0.0.1:${config.BATON_PORT}`, 'port');
}

/** As `fetch` takes them. */
export function plainHeaders(headers: readonly SecretHeader[]): Record<string, string> {
  return Object.fromEntries(headers.map(({ name, prefix, secret }) => [name, `${prefix}${secret}`]));
}

function headersOf(name: string, { headers, token_env: variable }: Context, environment: NodeJS.ProcessEnv) {
  const stored = Object.entries(headers).map(([header, value]): SecretHeader => {
    const [, scheme = '', secret = value] = /^(Bearer |Basic )(.*)$/s.exec(value) ?? [];
    return { name: header, prefix: scheme, secret, variable: variableOf(header) };
  });
  if (variable === undefined) return stored;
  const secret = environment[variable] ?? '';
  if (secret === '') {
    const message = `the context "${name}" takes its token from ${variable}, which is not set`;
    throw new CliError(EXIT.usage, message, { code: 'token_missing' });
  }
  return [...stored, { name: 'Authorization', prefix: 'Bearer ', secret, variable }];
}

/** `X-Api-Key` as `X_API_KEY`. */
const variableOf = (header: string): string =>
  header.toLowerCase() === 'authorization' ? 'TOKEN' : header.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
