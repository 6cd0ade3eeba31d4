/** `baton context`: the installations that somebody works with, by name. */
import { Argument, type Command } from 'commander';
import { apiTarget, cliConfig } from '../../client/target.ts';
import type { By, Target } from '../../contexts/choose-target.ts';
import {
  changeContexts,
  checkName,
  contextFile,
  contextNamed,
  readContexts,
  type Context,
  type Contexts,
} from '../../contexts/context-file.ts';
import { CliError, EXIT } from '../../exit.ts';
import { collect } from '../runs/run.ts';
import { textArgument } from '../../input/text-argument.ts';
import { print, table, withFormat, type FormatOption } from '../../terminal/output.ts';

const ACTIONS = ['add', 'list', 'use', 'remove', 'show'] as const;

interface ContextOptions extends FormatOption {
  readonly url?: string;
  readonly header: readonly string[];
  readonly tokenEnv?: string;
  readonly tokenStdin?: boolean;
}

export function addContext(program: Command): void {
  withFormat(program.command('context'))
    .description('name installations, choose the one to work with, and show which one that is, and why')
    .addArgument(new Argument('<action>', 'what to do').choices(ACTIONS))
    .argument('[context]', 'its name (add, use, remove)')
    .option('--url <url>', 'add: where its API is, without a path')
    .option('--header <name:value>', 'add: sent along with each request (may be repeated)', collect, [])
    .option('--token-env <variable>', 'add: the variable of the environment that holds its token')
    .option('--token-stdin', 'add: its token stands on stdin, and is kept in the file')
    .action(async (action: (typeof ACTIONS)[number], name: string | undefined, options: ContextOptions) => {
      if (action === 'show') return show(options);
      if (action === 'list') return list(options);
      await change(action, needed(name, action), options);
      print(options.output, listed(readContexts()), () => `context ${name}: ${DONE[action]}`);
    });
}

const DONE = { add: 'added', use: 'in use from now on', remove: 'removed' } as const;

async function change(action: keyof typeof DONE, name: string, options: ContextOptions): Promise<void> {
  const added = action === 'add' ? contextOf(options) : undefined;
  await changeContexts((now) => {
    if (added !== undefined) return { ...now, contexts: { ...now.contexts, [checkName(name)]: added } };
    contextNamed(now, name);
    if (action === 'use') return { ...now, current: name };
    const { [name]: _, ...contexts } = now.contexts;
    return { current: now.current === name ? null : now.current, contexts };
  });
}

/** @throws CliError for what is no context */
function contextOf({ url, header, tokenEnv, tokenStdin }: ContextOptions): Context {
  if (url === undefined) throw wrong('add needs --url URL');
  const { protocol } = URL.canParse(url) ? new URL(url) : { protocol: '' };
  if (!/^https?:$/.test(protocol)) throw wrong(`--url ${url}: write http://HOST:PORT or https://HOST`);
  if (tokenEnv !== undefined && tokenStdin === true)
    throw wrong('give --token-env or --token-stdin, not both');
  if (tokenEnv !== undefined && !/^[A-Za-z_]\w*$/.test(tokenEnv))
    throw wrong('--token-env: write the name of a variable; a token does not belong on a command line');
  const token = tokenStdin === true ? textArgument('-', 'the token').trim() : undefined;
  return {
    url: url.replace(/\/+$/, ''),
    headers: {
      ...Object.fromEntries(header.map(headerOf)),
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    },
    ...(tokenEnv !== undefined && { token_env: tokenEnv }),
  };
}

function headerOf(text: string): [string, string] {
  const [, name = '', value = ''] = /^([\w!#$%&'*+.^`|~-]+):\s*([\x20-\x7e\x80-\xff]*)$/.exec(text) ?? [];
  // Not told: it may be the secret itself.
  if (name === '') throw wrong("--header: write 'NAME: VALUE'");
  return [name, value];
}

function list({ output }: ContextOptions): void {
  const rows = listed(readContexts());
  print(output, { items: rows }, () =>
    rows.length === 0
      ? 'no contexts yet: baton context add NAME --url URL'
      : table(
          ['', 'NAME', 'URL', 'SENDS'],
          rows.map(({ name, url, in_use, sends }) => [in_use ? '*' : '', name, url, sends.join(', ')]),
        ),
  );
}

/** What may be shown: names of headers, and no value. */
function listed({ current, contexts }: Contexts) {
  return Object.entries(contexts)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { url, headers, token_env: variable }]) => ({
      name,
      url,
      in_use: name === current,
      sends: [...Object.keys(headers), ...(variable === undefined ? [] : [`Authorization from ${variable}`])],
    }));
}

const WHY: Readonly<Record<By, string>> = {
  '--context': '--context names it',
  BATON_URL: 'BATON_URL is set',
  BATON_CONTEXT: 'BATON_CONTEXT names it',
  context: 'it is the context in use',
  stack: 'its stack runs in BATON_HOME',
  port: 'nothing says where else, so it is the usual port',
};

function show({ output }: ContextOptions): void {
  const { url, by, context, headers } = apiTarget();
  const passed = passedOver({ url, by, context, headers });
  const told = {
    url,
    by,
    context,
    sends: headers.map(({ name }) => name),
    passed_over: passed,
    file: contextFile(),
  };
  print(output, told, () =>
    [
      `${url}${context === null ? '' : ` (context ${context})`}`,
      `  since ${WHY[by]}`,
      ...(headers.length === 0 ? [] : [`  sends ${headers.map(({ name }) => name).join(', ')}`]),
      ...passed.map((one) => `  passed over: ${one}`),
    ].join('\n'),
  );
}

/** What would say otherwise, were it not for what says so. */
function passedOver(chosen: Target): readonly string[] {
  const config = cliConfig();
  const contexts = readContexts();
  const others: readonly (readonly [By, string | undefined])[] = [
    ['BATON_URL', config.BATON_URL],
    ['BATON_CONTEXT', config.BATON_CONTEXT],
    ['context', contexts.current ?? undefined],
  ];
  const from = others.findIndex(([by]) => by === chosen.by);
  return others
    .slice(from + 1)
    .flatMap(([by, value]) =>
      value === undefined || chosen.by === 'stack' || chosen.by === 'port' ? [] : `${by} ${value}`,
    );
}

function needed(name: string | undefined, action: string): string {
  if (name !== undefined) return name;
  throw wrong(`${action} needs the name of a context: baton context ${action} NAME`);
}

const wrong = (message: string): CliError => new CliError(EXIT.usage, message, { code: 'option_unclear' });
