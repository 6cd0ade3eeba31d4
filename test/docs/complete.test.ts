/**
 * Whatever README.md and docs/*.md mention is there, and whatever is there is in the docs: routes, commands and their
 * options, environment names, codes, events, signals, and the places that links lead to.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { PROBLEMS } from '../../src/contract/problem-codes.ts';
import { EVENT_NAMES } from '../../src/contract/socket.ts';
import { ENVIRONMENT } from '../../src/config.ts';
import { listPrompts } from '../../src/mcp/context/prompts.ts';
import { TOOLS } from '../../src/mcp/tools/index.ts';
import { EVENT_TYPES } from '../../src/protocol/event.ts';
import { OUTGOING_EVENTS, TEST_EVENT } from '../../src/protocol/outgoing/event-names.ts';
import { FAILURES } from '../../src/protocol/failure.ts';
import { BATCH_SIGNAL, COMMANDS, IGNORED_CODES } from '../../src/protocol/signals.ts';
import { TERMINAL_REASONS } from '../../src/protocol/terminal-reason.ts';
import { commandLine, mentionFault } from './cli-example.ts';
import { DOCUMENTS, SPANS, documentOf, placeText } from './documents.ts';
import { OPERATIONS } from './http-example.ts';
import { routesInTable } from './routes-table.ts';

const COMMAND_LINE = await commandLine();
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Spans of a document, or of all. */
const spansOf = (file: string) => new Set(SPANS.filter((span) => span.file === file).map(({ text }) => text));
const missing = (names: readonly string[], there: ReadonlySet<string>) =>
  names.filter((name) => !there.has(name));

describe('routes', () => {
  const table = routesInTable();

  it('the table of docs/api.md has no others', () => {
    const none = table.filter(({ path }) => path === undefined);
    expect(
      none.map((route) => `${placeText(route)}: OpenAPI has no ${route.method} ${route.written}`),
    ).toEqual([]);
  });

  it('the table of docs/api.md has all', () => {
    const told = new Set(table.map(({ method, path }) => `${method} ${path}`));
    const all = OPERATIONS.map(({ method, path }) => `${method} ${path}`);
    expect(missing(all, told)).toEqual(['GET /api/v1/openapi.json']);
  });

  it.each(
    SPANS.filter(({ text }) => /^(GET|POST|DELETE) …?\//.test(text)).map(
      (span) => [placeText(span), span] as const,
    ),
  )('%s: what is mentioned is there', (_, { text }) => {
    const [method, written = ''] = text.replace(/\?.*/, '').split(' ');
    const path = written.replaceAll(/:(\w+)/g, '{}').replace('…', '');
    const paths = OPERATIONS.filter((operation) => operation.method === method).map((operation) =>
      operation.path.replaceAll(/\{\w+\}/g, '{}'),
    );
    expect(
      paths.some((known) =>
        written.startsWith('…') ? known.endsWith(path) : [path, `/api/v1${path}`].includes(known),
      ),
      text,
    ).toBe(true);
  });
});

describe('the command line', () => {
  const mentions = SPANS.filter(({ text }) => /^(npx )?baton [a-z]/.test(text));
  it.each(mentions.map((span) => [placeText(span), span] as const))(
    '%s: what is mentioned is there',
    async (_, { text }) => {
      const fault = await mentionFault(text.replace(/^npx /, ''));
      expect(fault, `${text}: ${fault}`).toBeNull();
    },
  );

  const text = DOCUMENTS.map((document) => document.text).join('\n');
  it.each([...COMMAND_LINE].filter(([name]) => name !== 'version'))(
    'docs/cli.md tells of %s and its options',
    (name, options) => {
      expect(documentOf('docs/cli.md').text).toContain(`baton ${name}`);
      const told = (option: string) => new RegExp(`(?<![\\w-])${option}\\b`).test(text);
      expect(options.filter((spellings) => !spellings.some(told))).toEqual([]);
    },
  );
});

describe('environment names', () => {
  const settings = new Set(Object.keys(ENVIRONMENT.entries));
  const compose = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
  /** Set for commands of steps, or read by the tests alone. */
  const others = new Set([
    'BATON_TEST_NODES',
    'BATON_TEST_EXAMPLES',
    'BATON_IDEMPOTENCY_KEY',
    // Whatever follows the prefix is a secret's name.
    'BATON_SECRET_',
    'BATON_SECRET_NAME',
    // Of `npm run test:deployment`.
    'BATON_UPGRADE_FROM',
    ...[...compose.matchAll(/\$\{(\w+)/g)].map(([, name]) => name),
  ]);

  it('docs/getting-started.md has all', () => {
    const text = DOCUMENTS.map((document) => document.text).join('\n');
    expect([...settings].filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
  });

  it.each(DOCUMENTS.map(({ file, text }) => [file, text] as const))('%s mentions no others', (_, text) => {
    const mentioned = new Set([...text.matchAll(/\bBATON_[A-Z_]+\b/g)].map(([name]) => name));
    expect([...mentioned].filter((name) => !settings.has(name) && !others.has(name))).toEqual([]);
  });
});

describe('codes, events and signals', () => {
  it.each([
    ['problems of the API', 'docs/errors.md', Object.keys(PROBLEMS)],
    ['failures of steps', 'docs/failure-semantics.md', Object.keys(FAILURES)],
    ['reasons for an end', 'docs/failure-semantics.md', TERMINAL_REASONS],
    ['reasons to ignore a message', 'docs/conversation.md', IGNORED_CODES],
    ['faults of definitions', 'docs/definitions.md', definitionCodes()],
    ['types of events', 'docs/api.md', EVENT_TYPES],
    ['events that are sent', 'docs/webhooks.md', [...Object.keys(OUTGOING_EVENTS), TEST_EVENT]],
    ['names of live events', 'docs/live.md', EVENT_NAMES],
    ['tools for models', 'docs/mcp.md', TOOLS.map(({ name }) => name)],
    ['prompts for models', 'docs/mcp.md', listPrompts().map(({ name }) => name)],
    ['signals', 'docs/operators.md', [...COMMANDS, BATCH_SIGNAL]],
  ])('%s: %s has all', (_, file, names) => {
    expect(missing(names, spansOf(file))).toEqual([]);
  });
});

it.each(DOCUMENTS.map(({ file, text }) => [file, text] as const))(
  '%s names problems with their status',
  (_, text) => {
    const named = [...text.matchAll(/\b([45]\d\d) `([a-z_]+)`/g)].map(
      ([, status, code]) => `${status} ${code}`,
    );
    const known = new Set(Object.entries(PROBLEMS).map(([code, { status }]) => `${status} ${code}`));
    expect(missing(named, known)).toEqual([]);
  },
);

it.each(DOCUMENTS.map(({ file, text }) => [file, text] as const))(
  'the links of %s lead somewhere',
  (file, text) => {
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    expect(links.filter((link) => !link.includes('://') && !leads(file, link))).toEqual([]);
  },
);

function leads(from: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? from : join(dirname(from), path);
  if (!existsSync(join(ROOT, target))) return false;
  return anchor === undefined || anchorsOf(readFileSync(join(ROOT, target), 'utf8')).has(anchor);
}

/** Headings as GitHub names them, and names that were given. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return new Set([...headings, ...[...text.matchAll(/<a id="([^"]+)"/g)].map(([, id = '']) => id)]);
}

/** The codes that the compiler gives its problems, out of its sources: there is no list of them. */
function definitionCodes(): string[] {
  const folder = join(ROOT, 'src/definition');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !/\.test\.|testing/.test(name),
  );
  const given = /\b(?:error|warn|fault|failed|Refusal)\(\s*'([a-z_]+)'/g;
  const texts = sources.map((name) => readFileSync(join(folder, name), 'utf8'));
  return [...new Set(texts.flatMap((text) => [...text.matchAll(given)].map(([, code = '']) => code)))];
}
