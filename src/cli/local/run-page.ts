/**
 * A run as one page that opens from disk, without a server: the console with the answers of the API for that run in it,
 * as they are at this moment. Nothing is in it that the API would not show. Values above 256 KB stay out.
 */
import { existsSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { Step } from '../../contract/step.ts';
import type { ApiClient } from '../client/api-client.ts';
import type { ToldRun } from '../client/told-run.ts';
import { CliError, EXIT } from '../exit.ts';
import { allItems } from '../following/watch-run.ts';
import { ROOT } from '../../places.ts';

const TEMPLATE = join(ROOT, 'dist', 'console-page', 'page.html');
const PLACE = '__EXPORT__';
const MOST_VALUE_BYTES = 256 * 1024;
const AT_ONCE = 4;
const PAGE = 1_000;

/** Lists of a run, whole. */
const LISTS = [
  `events?limit=${PAGE}&full=true`,
  `messages?limit=${PAGE}`,
  'questions?limit=200',
  'checkpoints?limit=200',
  'calls?limit=200',
  'edits',
] as const;

/** Writes it into a file that is not there yet, whole or not at all. @throws CliError */
export async function writeRunPage(
  client: ApiClient,
  runId: string,
  file: string,
): Promise<{ readonly bytes: number }> {
  if (existsSync(file)) throw new CliError(EXIT.usage, `${file} is there already; name another file`);
  const page = await pageOf({
    run: runId,
    at: new Date().toISOString(),
    answers: await answersFor(client, runId),
  });
  const draft = `${file}.part`;
  try {
    await writeFile(draft, page, { mode: 0o600 });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  return { bytes: Buffer.byteLength(page) };
}

async function pageOf(told: object): Promise<string> {
  const template = await readFile(TEMPLATE, 'utf8').catch(() => {
    throw new CliError(EXIT.failed, 'the console is not built here: npm run build', {
      code: 'console_not_built',
    });
  });
  // No text of a run ends the element that it stands in.
  const data = JSON.stringify(told).replaceAll('<', String.raw`\u003c`);
  return template.replace(PLACE, () => data);
}

type Answers = Record<string, unknown>;

async function answersFor(client: ApiClient, runId: string): Promise<Answers> {
  const path = `/runs/${encodeURIComponent(runId)}`;
  const run = await client.json<ToldRun>(path);
  const steps = await allItems<Step>(client, `${path}/steps`);
  const some = pLimit(AT_ONCE);
  const optional = (address: string) =>
    some(async () => [address, await answerOrNothing(client, address)] as const);
  const sessions = new Set(steps.flatMap(({ session_id: id }) => id ?? []));
  const lists = [
    ...LISTS.map((list) => `${path}/${list}`),
    ...[...sessions].map((id) => `/sessions/${encodeURIComponent(id)}/messages`),
  ];
  const whole = (address: string) =>
    some(async () => [address.split('?')[0] ?? address, { items: await allItems(client, address) }] as const);
  const small = async (address: string) => {
    const [, answer] = await optional(address);
    return [address, JSON.stringify(answer ?? null).length > MOST_VALUE_BYTES ? undefined : answer] as const;
  };
  const found = await Promise.all([
    ...lists.map(whole),
    ...['definition', 'graph', 'output'].map((part) => optional(`${path}/${part}`)),
    ...steps
      .filter(({ output_bytes: bytes }) => bytes !== null && bytes <= MOST_VALUE_BYTES)
      .map(({ key }) => optional(`${path}/steps/${encodeURIComponent(key)}/output`)),
    ...steps
      .filter(({ attempts }) => attempts.length > 0)
      .map(({ key }) => small(`${path}/steps/${encodeURIComponent(key)}/input`)),
  ]);
  const known: readonly (readonly [string, unknown])[] = [
    [path, run],
    [`${path}/steps`, { items: steps }],
    ...steps.map((step) => [`${path}/steps/${encodeURIComponent(step.key)}`, step] as const),
    ...found.filter(([, answer]) => answer !== undefined),
  ];
  return Object.fromEntries(known.map(([address, answer]) => [`/api/v1${address}`, answer]));
}

/** What a run does not have, such as an output before its end. */
async function answerOrNothing(client: ApiClient, address: string): Promise<unknown> {
  try {
    return await client.json(address);
  } catch (error) {
    if (error instanceof CliError && error.exitCode !== EXIT.unreachable) return undefined;
    throw error;
  }
}
