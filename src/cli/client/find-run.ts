/**
 * Which run is meant by what somebody typed: its id, the beginning of it where only one run's id begins so, `@latest`
 * (the newest of all) or `@latest:WORKFLOW`. The one place where that is decided.
 */
import type { ApiClient } from './api-client.ts';
import type { Run } from '../../contract/run.ts';
import type { Page } from '../../contract/shared/common.ts';
import { CliError, EXIT } from '../exit.ts';
import { formatAge } from '../terminal/style.ts';

/** As much of a run as it takes to choose one. */
export type Candidate = Pick<Run, 'id' | 'status' | 'created_at'>;

/** Where runs are looked up. */
export interface RunLookup {
  has(id: string): Promise<boolean>;
  /** The newest first, at most `most`. */
  beginningWith(prefix: string, most: number): Promise<readonly Candidate[]>;
  newest(workflow: string | undefined): Promise<Candidate | undefined>;
}

const LATEST = /^@latest(?::(.+))?$/s;
/** So many are told apart; one more says that there are more. */
const TOLD = 8;

/** The id of the run that is meant. @throws CliError `run_not_found`, `run_ambiguous` with the candidates */
export async function findRun(lookup: RunLookup, words: string): Promise<string> {
  const latest = LATEST.exec(words);
  if (latest !== null) return newest(lookup, latest[1]);
  if (words.trim() === '') throw notFound('a run is needed: its id, the beginning of it, or @latest');
  if (await lookup.has(words)) return words;
  const found = await lookup.beginningWith(words, TOLD + 1);
  const [only] = found;
  if (only === undefined) {
    throw notFound(`there is no run "${words}", and none whose id begins so; baton list shows them`);
  }
  if (found.length === 1) return only.id;
  throw ambiguous(words, found);
}

async function newest(lookup: RunLookup, workflow: string | undefined): Promise<string> {
  const found = await lookup.newest(workflow);
  if (found !== undefined) return found.id;
  throw notFound(workflow === undefined ? 'there are no runs yet' : `workflow "${workflow}" has no runs`);
}

function ambiguous(words: string, found: readonly Candidate[]): CliError {
  const told = found.slice(0, TOLD);
  const lines = told.map(({ id, status, created_at: at }) => {
    const age = formatAge(Date.now() - Date.parse(at));
    return `  ${id}  ${status}, ${age} old`;
  });
  const more = found.length > TOLD ? ['  …'] : [];
  const message = [`several runs begin with "${words}"; say more of the id:`, ...lines, ...more].join('\n');
  return new CliError(EXIT.usage, message, { code: 'run_ambiguous', runs: told.map(({ id }) => id) });
}

const notFound = (message: string): CliError => new CliError(EXIT.usage, message, { code: 'run_not_found' });

/** The same through the API. A whole id costs one look. */
export const runIn = (client: ApiClient, words: string): Promise<string> => findRun(apiLookup(client), words);

function apiLookup(client: ApiClient): RunLookup {
  const list = async (query: Readonly<Record<string, string>>): Promise<readonly Candidate[]> =>
    (await client.json<Page<Candidate>>(`/runs?${new URLSearchParams(query).toString()}`)).items;
  return {
    has: (id) => isThere(client, id),
    beginningWith: (prefix, most) => list({ id_prefix: prefix, limit: String(most) }),
    newest: async (workflow) =>
      (await list({ limit: '1', ...(workflow === undefined ? {} : { workflow }) }))[0],
  };
}

async function isThere(client: ApiClient, id: string): Promise<boolean> {
  try {
    await client.json(`/runs/${encodeURIComponent(id)}`);
    return true;
  } catch (error) {
    if (error instanceof CliError && error.problem['code'] === 'run_not_found') return false;
    throw error;
  }
}
