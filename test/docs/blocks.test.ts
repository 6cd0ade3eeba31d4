/**
 * Every block of README.md and docs/*.md is what the product takes or gives. What its language and marks mean:
 *
 * - `yaml`: a definition that compiles without errors or warnings. What is no whole definition is completed (steps get a
 *   name, what they depend on, and so on). `yaml lines`: each line by itself. `yaml error=CODE`: has this error.
 *   `yaml script`: a script of the scripted provider.
 * - `sh`: commands of the CLI are parsed by it, requests of curl are held against OpenAPI, what is said to `temporal`,
 *   `npm` and `docker compose` against signals, scripts and services. `sh no-run` is not looked into.
 * - `json NAME`, and the data of `sse NAME`: fits the schema NAME of OpenAPI.
 * - `js`: run by a test (`live-sockets.test.ts`, `webhooks.test.ts`). `ts FILE`: stands in that file; `extending.test.ts` in the core looks. `text`: for people.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readScript } from '../../src/activities/agents/providers/script.ts';
import { validateDefinition } from '../../src/definition/index.ts';
import { BATCH_SIGNAL, COMMANDS } from '../../src/protocol/signals.ts';
import { parseMessage } from '../../src/workflows/core/people/parse-message.ts';
import { refusalOf } from './cli-example.ts';
import { completed } from './completed.ts';
import { BLOCKS, placeText, type Block } from './documents.ts';
import { misfit, requestFault, requestOf, schemaNamed } from './http-example.ts';
import { commandsOf, type ShellCommand } from './shell.ts';

const LANGUAGES = ['yaml', 'sh', 'json', 'sse', 'js', 'ts', 'sql', 'text'];
const blocksOf = (language: string) => BLOCKS.filter((block) => block.language === language);
const named = (blocks: readonly Block[]) => blocks.map((block) => [placeText(block), block] as const);
const root = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

it.each(named(BLOCKS))('%s says what it is', (_, { language }) => {
  expect(LANGUAGES).toContain(language);
});

describe('definitions', () => {
  const definitions = blocksOf('yaml').filter(({ marks }) => !marks.includes('script'));
  const lines = definitions.flatMap((block) =>
    block.marks.includes('lines')
      ? block.text
          .trim()
          .split('\n')
          .map((text, i) => ({ ...block, line: block.line + i + 1, text }))
      : [block],
  );
  it.each(named(lines))('%s compiles', (_, block) => {
    const wanted = block.marks.flatMap((mark) => mark.split('error=').slice(1));
    const { errors, warnings } = validateDefinition(completed(block.text));
    expect(
      errors.map(({ code }) => code),
      JSON.stringify(errors),
    ).toEqual(wanted);
    expect(warnings, JSON.stringify(warnings)).toEqual([]);
  });

  it.each(named(blocksOf('yaml').filter(({ marks }) => marks.includes('script'))))(
    '%s is a script',
    async (_, block) => {
      const folder = mkdtempSync(join(tmpdir(), 'baton-docs-'));
      try {
        writeFileSync(join(folder, 'script.yaml'), block.text);
        await expect(readScript(join(folder, 'script.yaml'))).resolves.toMatchObject({ script: 1 });
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});

describe('shell', () => {
  const commands = commandsOf(blocksOf('sh').filter(({ marks }) => !marks.includes('no-run')));
  it.each(commands.map((command) => [placeText(command), command] as const))(
    '%s can be given',
    async (_, command) => {
      const fault = await faultOf(command);
      expect(fault, `${[command.program, ...command.args].join(' ')}: ${fault}`).toBeNull();
    },
  );
});

describe('data', () => {
  it.each(named(blocksOf('json')))('%s fits its schema', (_, { text, marks: [name = 'none'] }) => {
    expect(misfit(schemaNamed(name), JSON.parse(text))).toBeNull();
  });
  it.each(named(blocksOf('sse')))('%s fits its schema', (_, { text, marks: [name = 'none'] }) => {
    for (const [, data = ''] of text.matchAll(/^data: (.*)$/gm))
      expect(misfit(schemaNamed(name), JSON.parse(data)), data).toBeNull();
  });
});

/** Why a command cannot be given, or null. */
async function faultOf({ program, args }: ShellCommand): Promise<string | null> {
  switch (program) {
    case 'baton':
      return refusalOf(args);
    case 'npx':
      return args[0] === 'baton' ? refusalOf(args.slice(1)) : `npx ${args[0]} is not judged here`;
    case 'curl':
      return requestFault(requestOf(args));
    case 'temporal':
      return temporalFault(args);
    case 'npm':
      return npmFault(args);
    case 'sh':
      return root(args[0] ?? '') === '' ? 'the script is empty' : null;
    case 'docker':
      return composeFault(args);
    default:
      return OTHERS.includes(program)
        ? null
        : `${program} is not judged here; add what it has to be held against`;
  }
}

/** Programs of the machine. */
const OTHERS = ['cp', 'git', 'jq', 'date'];

function temporalFault(args: readonly string[]): string | null {
  const valueOf = (option: string) => args[args.indexOf(option) + 1] ?? '';
  const [group, verb] = args;
  if (group !== 'workflow') return `temporal ${group} is not judged here`;
  const input: unknown = args.includes('--input') ? JSON.parse(valueOf('--input')) : undefined;
  if (verb === 'signal') return signalFault(valueOf('--name'), input);
  const isQuery = verb !== 'query' || ['status', 'plan', 'thread'].includes(valueOf('--type'));
  return isQuery ? null : 'there is no such query';
}

function signalFault(name: string, input: unknown): string | null {
  if (![...COMMANDS, BATCH_SIGNAL].includes(name)) return 'there is no such signal';
  const messages = name === BATCH_SIGNAL ? (input as { messages: unknown[] }).messages : [input];
  const faults = messages
    .map((one) => parseMessage(one, actionIn(one) ?? name))
    .flatMap((parsed) => (parsed.ok ? [] : [parsed.why]));
  return faults[0] ?? null;
}

const actionIn = (message: unknown) => (message as { action?: string } | undefined)?.action;

function npmFault([verb = '', script = '']: readonly string[]): string | null {
  if (verb === 'install' || verb === 'ci') return null;
  const name = verb === 'run' ? script : verb;
  const { scripts } = JSON.parse(root('package.json')) as { scripts: Record<string, string> };
  return name in scripts ? null : `package.json has no script ${name}`;
}

/** Words that are services or their settings must be such of docker-compose.yml. */
function composeFault(args: readonly string[]): string | null {
  const { services } = parse(root('docker-compose.yml')) as {
    services: Record<string, { profiles?: string[] }>;
  };
  const profiles = Object.values(services).flatMap((service) => service.profiles ?? []);
  const [first, ...rest] = args;
  if (first !== 'compose') return `docker ${first} is not judged here`;
  const [verb = '', ...words] = rest[0] === '--profile' ? rest.slice(2) : rest;
  if (rest[0] === '--profile' && !profiles.includes(rest[1] ?? '')) return `there is no profile ${rest[1]}`;
  const plain = words.filter((word) => !word.startsWith('-'));
  // One service, and a command for it; options may have values before.
  if (['exec', 'run'].includes(verb))
    return plain.some((word) => word in services) ? null : 'there is no such service';
  const meant = plain.map((word) => word.replace(/=\d+$/, ''));
  const unknown = meant.filter((name) => services[name] === undefined);
  return unknown.length === 0 ? null : `docker-compose.yml has no service ${unknown.join(', ')}`;
}
