/** `baton api`: any request to the API, as the context sends it; with `--curl` what it, or any command, would send. */
import type { Command } from 'commander';
import { readJson, writeJson } from '../../../plan/exact-json.ts';
import { apiClient } from '../../client/target.ts';
import type { ApiRequest } from '../../client/api-client.ts';
import { CliError, EXIT } from '../../exit.ts';
import { collect } from '../runs/run.ts';
import { looseValue } from '../../input/typed-text.ts';
import { textArgument } from '../../input/text-argument.ts';
import { printCurl } from '../../requests/print-curl.ts';
import { note, withFormat, writeTo, type FormatOption } from '../../terminal/output.ts';

type Method = NonNullable<ApiRequest['method']>;

interface ApiOptions extends FormatOption {
  readonly field: readonly string[];
  readonly data?: string;
  readonly header: readonly string[];
  readonly curl?: boolean;
}

const METHODS: readonly string[] = ['GET', 'POST', 'PUT', 'DELETE'] satisfies Method[];
/** These do something on this machine, or send nothing. */
const NOT_SENT: ReadonlySet<string> = new Set(
  'up down doctor open export rehearse validate script verify rebuild import key maintain mcp completion complete version context api'.split(
    ' ',
  ),
);
/** What is not below `/api/v1`, or says so itself. */
const ELSEWHERE = /^\/(?:api|health|metrics|docs|mcp)(?:\/|$|\?)|^\/llms/;
/** Most characters of a body. */
const MOST = 1024 * 1024;

export function addApi(program: Command, programWith: (name?: string) => Promise<Command>): void {
  withFormat(program.command('api'))
    .description(
      'send a request to the API and print its answer; --curl prints what a request, or a command, would send',
    )
    .argument('<words...>', '[METHOD] PATH, such as /runs; with --curl also -- COMMAND …')
    .option(
      '-f, --field <key=value>',
      'a member of the body, of GET a parameter (JSON, else text)',
      collect,
      [],
    )
    .option('-d, --data <json>', 'the body (@file, - for stdin)')
    .option('-H, --header <name:value>', 'a further header', collect, [])
    .option('--curl', 'print it as a line of curl, and send nothing that would change something')
    .action(async (words: readonly string[], options: ApiOptions) => {
      if (options.curl !== true) return send(requestOf(words, options));
      const print = (line: string) => writeTo(process.stdout, `${line}\n`);
      if (isRequest(words)) return printCurl(() => send(requestOf(words, options)), print);
      if (NOT_SENT.has(words[0] ?? '')) throw wrong(`baton ${words[0]} is not done by requests to the API`);
      await printCurl(
        async () => (await programWith(words[0])).parseAsync([...words], { from: 'user' }),
        print,
      );
      note('# nothing was changed; what would follow may depend on the answer');
    });
}

interface Request extends ApiRequest {
  readonly path: string;
}

const isRequest = ([first = '', second]: readonly string[]): boolean =>
  first.startsWith('/') || (METHODS.includes(first.toUpperCase()) && second?.startsWith('/') === true);

/** @throws CliError for what is no request */
function requestOf(words: readonly string[], { field, data, header }: ApiOptions): Request {
  if (!isRequest(words) || words.length > 2) throw wrong('write [METHOD] PATH, such as GET /runs');
  const path = words.at(-1) ?? '';
  const method = (words.length === 2 ? words[0] : data === undefined ? 'GET' : 'POST')?.toUpperCase();
  if (data !== undefined && field.length > 0) throw wrong('give -d or -f, not both');
  const fields = field.map(pairOf);
  const isRead = method === 'GET';
  if (isRead && data !== undefined) throw wrong('GET takes no body; -f gives its parameters');
  const query =
    isRead && fields.length > 0
      ? `${path.includes('?') ? '&' : '?'}${new URLSearchParams(fields).toString()}`
      : '';
  const body = data === undefined ? bodyOf(isRead ? [] : fields) : textArgument(data, 'the body', MOST);
  const headers = Object.fromEntries(header.map(headerOf));
  return {
    path: `${path}${query}`,
    method: method as Method,
    headers,
    ...(body !== undefined && { body }),
    ...(typeof body === 'string' && { contentType: contentType(headers) }),
  };
}

function contentType(headers: Readonly<Record<string, string>>): string {
  const given = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type');
  return given?.[1] ?? 'application/json';
}

function bodyOf(fields: readonly [string, string][]): Readonly<Record<string, unknown>> | undefined {
  return fields.length === 0
    ? undefined
    : Object.fromEntries(fields.map(([name, text]) => [name, looseValue(text)]));
}

/** Prints the answer as it comes: JSON in lines, all else as it is. */
async function send({ path, ...request }: Request): Promise<void> {
  const response = await apiClient().raw(path, { ...request, isWhole: ELSEWHERE.test(path) });
  const type = response.headers.get('content-type') ?? '';
  if (!type.includes('json')) return pass(response);
  const text = await response.text();
  writeTo(process.stdout, text === '' ? '' : `${writeJson(readJson(text), 2)}\n`);
}

async function pass(response: Response): Promise<void> {
  const decoder = new TextDecoder();
  for await (const part of response.body ?? [])
    writeTo(process.stdout, decoder.decode(part as Uint8Array, { stream: true }));
}

function pairOf(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw wrong(`-f ${text}: write KEY=VALUE`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function headerOf(text: string): [string, string] {
  const [, name, value = ''] = /^([\w-]+):\s*(.*)$/.exec(text) ?? [];
  if (name === undefined) throw wrong("-H: write 'NAME: VALUE'");
  return [name, value];
}

const wrong = (message: string): CliError => new CliError(EXIT.usage, message, { code: 'option_unclear' });
