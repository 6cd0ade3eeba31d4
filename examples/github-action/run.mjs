/**
 * Starts a run of Baton with the data of a pull request, waits for its end, and keeps one comment with its result: a new push
 * writes the same comment anew. Everything comes from variables and from the file of the event, nothing from a command line.
 *
 * Exit code 0: the run completed. 1: it did not, and the comment says how it ended. 2: it could not be started or commented.
 */
import { readFile } from 'node:fs/promises';
import { Baton, BatonError } from '@baton/client';

const {
  BATON_URL = '',
  BATON_TOKEN = '',
  WORKFLOW = '',
  INPUTS = 'git_diff=diff',
  MINUTES = '30',
  GITHUB_TOKEN = '',
  GITHUB_REPOSITORY = '',
  GITHUB_EVENT_PATH = '',
  GITHUB_RUN_ID = '0',
  GITHUB_RUN_ATTEMPT = '1',
  GITHUB_API_URL = 'https://api.github.com',
  // Whose comments are taken for this action's own: those of the usual token.
  COMMENT_AUTHOR = 'github-actions[bot]',
} = process.env;

/** GitHub takes at most 65,536 characters of a comment. */
const MOST = 60_000;
/** Of a diff that is larger the beginning is reviewed: Baton takes bodies of 1 MB. */
const MOST_OF_A_DIFF = 500_000;
const MARK = `<!-- baton: ${WORKFLOW.replaceAll(/[^\w@.:-]/g, '')} -->`;
const GITHUB_TIMEOUT_MS = 30_000;

async function github(path, { accept = 'application/vnd.github+json', ...init } = {}) {
  const response = await fetch(`${GITHUB_API_URL}${path}`, {
    ...init,
    headers: { accept, authorization: `Bearer ${GITHUB_TOKEN}`, 'x-github-api-version': '2022-11-28' },
    signal: AbortSignal.timeout(GITHUB_TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`GitHub answered ${response.status} to ${init.method ?? 'GET'} ${path}`);
  return response;
}

const ofRepository = (path) =>
  `/repos/${GITHUB_REPOSITORY.split('/').map(encodeURIComponent).join('/')}${path}`;

/** The values that inputs may be of, by name. */
async function dataOf(pull) {
  const diff = await github(ofRepository(`/pulls/${pull.number}`), { accept: 'application/vnd.github.diff' });
  return {
    diff: (await diff.text()).slice(0, MOST_OF_A_DIFF),
    title: pull.title,
    body: pull.body ?? '',
    number: pull.number,
    author: pull.user.login,
    head: pull.head.sha,
    base: pull.base.sha,
    repository: GITHUB_REPOSITORY,
    url: pull.html_url,
  };
}

function inputsOf(data) {
  const pairs = INPUTS.split(',').map((pair) => pair.trim().split('='));
  const unknown = pairs.find(([input, what]) => !input || !Object.hasOwn(data, what ?? ''));
  if (unknown !== undefined)
    throw new Error(`INPUTS: "${unknown.join('=')}" is no INPUT=WHAT; WHAT: ${Object.keys(data).join(', ')}`);
  return Object.fromEntries(pairs.map(([input, what]) => [input, data[what]]));
}

/** The comment of an earlier push, by the same author: a mark alone could be anybody's. */
async function ownComment(number) {
  for (let page = 1; page <= 30; page++) {
    const path = ofRepository(`/issues/${number}/comments?per_page=100&page=${page}`);
    const comments = await (await github(path)).json();
    const own = comments.find(({ user, body }) => user?.login === COMMENT_AUTHOR && body?.startsWith(MARK));
    if (own !== undefined || comments.length < 100) return own;
  }
  return undefined;
}

async function comment(number, text) {
  const body = JSON.stringify({ body: `${MARK}\n${text}` });
  const own = await ownComment(number);
  if (own === undefined) return github(ofRepository(`/issues/${number}/comments`), { method: 'POST', body });
  return github(ofRepository(`/issues/comments/${own.id}`), { method: 'PATCH', body });
}

/** What models wrote: it calls nobody, and hides nothing. */
function harmless(text) {
  const whole = text.replaceAll('<!--', '&lt;!--').replaceAll(/(^|[^\w`])@(?=\w)/g, '$1@\u200B');
  return whole.length <= MOST ? whole : `${whole.slice(0, MOST)}\n\n…`;
}

async function resultText(baton, run) {
  const link = `[${run.id}](${BATON_URL.replace(/\/+$/, '')}/runs/${encodeURIComponent(run.id)})`;
  if (run.status !== 'completed')
    return `**${run.workflow}** ${run.status} (${link})\n\n${harmless(run.error?.message ?? '')}`;
  const output = await baton.runs.output(run.id);
  const text =
    typeof output === 'string' ? output : `\`\`\`json\n${JSON.stringify(output, plain, 2)}\n\`\`\``;
  return `**${run.workflow}** (${link})\n\n${harmless(text)}`;
}

/** Whole numbers that are too large for JSON.stringify. */
const plain = (_, value) => (typeof value === 'bigint' ? String(value) : value);

async function main() {
  const { pull_request: pull } = JSON.parse(await readFile(GITHUB_EVENT_PATH, 'utf8'));
  if (pull === undefined) throw new Error('This event is of no pull request.');
  const headers = BATON_TOKEN === '' ? {} : { authorization: `Bearer ${BATON_TOKEN}` };
  const baton = new Baton({ url: BATON_URL, headers });
  const started = await baton.runs.start(
    {
      workflow: WORKFLOW,
      inputs: inputsOf(await dataOf(pull)),
      labels: { pull_request: String(pull.number) },
      by: `github/${pull.user.login}`,
    },
    // The same job does not start it twice; one that is run again does.
    {
      idempotencyKey: `github/${GITHUB_RUN_ID}/${GITHUB_RUN_ATTEMPT}/${encodeURIComponent(WORKFLOW)}`.slice(
        0,
        255,
      ),
    },
  );
  console.log(`run ${started.id}`);
  const run = await baton.runs.wait(started.id, { signal: AbortSignal.timeout(Number(MINUTES) * 60_000) });
  await comment(pull.number, await resultText(baton, run));
  console.log(`${run.id} ${run.status}`);
  process.exitCode = run.status === 'completed' ? 0 : 1;
}

try {
  await main();
} catch (error) {
  const place = error instanceof BatonError && error.place !== null ? ` (${error.place})` : '';
  console.error(`${error instanceof BatonError ? `${error.code}: ` : ''}${error.message}${place}`);
  process.exitCode = 2;
}
