/**
 * `@baton/client` as others have it, built, against a whole Baton: in Node over a bad line, in a browser, and in the example of
 * a GitHub Action, with a GitHub of our own.
 */
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { Baton, BatonError, type RunMessage } from '@baton/client';
import { afterFile } from './support/after-file.ts';
import { startBaton, type Baton as Served } from './support/baton.ts';
import { launchBrowser, openPage } from './support/console/browser.ts';
import { openLink, type Link } from './support/cuttable-link.ts';
import { until } from './support/index.ts';
import { temporaryHome } from './support/temporary-home.ts';

const ROOT = join(import.meta.dirname, '..');
const DEFINITION = `
name: greeting
version: 1.0.0
inputs: { git_diff: { type: string }, title: { type: string, default: none } }
steps:
  - { key: greet, transform: '"Hello @ann <!-- " + inputs.title' }
`;
const ASKING = `
name: asking
version: 1.0.0
steps:
  - { key: ask, ask: { prompt: "Go?", approval: true } }
  - { key: done, transform: '"done"', dependencies: [ask] }
`;

let served: Served;
let link: Link;
/** Over the link. */
let baton: Baton;
beforeAll(async () => {
  served = await startBaton();
  link = await openLink('127.0.0.1', Number(new URL(served.url).port));
  afterFile(() => link.cut());
  baton = new Baton({ url: `http://127.0.0.1:${link.port}` });
});

describe('in Node', () => {
  it('publishes, validates, starts once under a key, and waits', async () => {
    expect(await baton.workflows.publish(DEFINITION, { by: 'ann' })).toMatchObject({ version: '1.0.0' });
    const { valid, errors } = await baton.workflows.validate(
      'name: x\nversion: 1.0.0\nsteps: [{ key: a, agnt: b }]',
    );
    expect([valid, errors[0]?.line]).toEqual([false, 3]);
    const body = { workflow: 'greeting', inputs: { git_diff: 'd' } };
    const [one, other] = await Promise.all([
      baton.runs.start(body, { idempotencyKey: 'once' }),
      baton.runs.start(body, { idempotencyKey: 'once' }),
    ]);
    expect(other.id).toBe(one.id);
    expect(await baton.runs.wait(one.id)).toMatchObject({ status: 'completed' });
    expect(await baton.runs.output(one.id)).toBe('Hello @ann <!-- none');
    const fault = await baton.runs.start({ workflow: 'greeting' }).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(BatonError);
    expect(fault).toMatchObject({ code: 'inputs_invalid', place: 'inputs.git_diff' });
  });

  it('follows a run over a line that breaks, talks to it, answers, and sees its end', async () => {
    await baton.workflows.publish(ASKING);
    const { id } = await baton.runs.start({ workflow: 'asking' });
    const seen: number[] = [];
    const following = (async () => {
      for await (const { seq } of baton.runs.follow(id)) seen.push(seq);
    })();
    const waiting = baton.runs.wait(id);
    const question = await until(async () => (await baton.questions.list({ run: id }).toArray())[0]);
    await until(() => seen.length > 0);
    link.reset();
    await link.cut();
    await link.join();
    const said = await baton.messages.send(id, { content: 'Looks good.', by: 'ann' });
    expect(said.answer.run_id).toBe(id);
    expect(await baton.messages.settled(id, said.answer.messageId)).toMatchObject({ content: 'Looks good.' });
    expect(await baton.runs.pause(id, { reason: 'lunch' })).toMatchObject({
      done: true,
      answer: { is_paused: true },
    });
    expect(await baton.runs.resume(id)).toMatchObject({ done: true });
    link.reset();
    await baton.questions.answer(id, { question: question.id, answer: { approved: true }, by: 'ann' });
    expect(await waiting).toMatchObject({ status: 'completed', output: 'done' });
    await following;
    const all = await baton.runs.events(id, { limit: 3 }).toArray();
    expect(seen).toEqual(all.map(({ seq }) => seq));
    const thread = await baton.messages.list(id, { limit: 2 }).toArray();
    expect(thread.map(({ content }: RunMessage) => content)).toContain('Looks good.');
    await expect(baton.runs.pause(id)).rejects.toMatchObject({ code: 'run_closed', status: 409 });
    const [checkpoint] = await baton.checkpoints.list(id).toArray();
    expect(
      await baton.checkpoints.fork(id, { checkpoint: `cp-${checkpoint?.number}`, dry_run: true }),
    ).toBeDefined();
    expect(await baton.edits.definition(id)).toMatchObject({ revision: 0 });
  });
});

it('works in a browser, on a page of the installation', async () => {
  const browser = await launchBrowser();
  afterFile(() => browser.close());
  const page = await openPage(browser);
  const client = readFileSync(join(ROOT, 'packages/client/dist/index.js'), 'utf8');
  await page.route('**/client.js', (route) =>
    route.fulfill({ contentType: 'text/javascript', body: client }),
  );
  // A page of its own policy would not load what is not its own.
  await page.route('**/try', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }));
  await page.goto(`${served.url}/try`);
  // As a text: what stands in a function is not what a browser would be given.
  const [status, types] = await page.evaluate<readonly [string, readonly string[]]>(`(async () => {
    const { Baton } = await import('/client.js');
    const baton = new Baton({ url: location.origin });
    const run = await baton.runs.startAndWait({ workflow: 'greeting', inputs: { git_diff: 'd' } });
    const types = [];
    for await (const { type } of baton.runs.follow(run.id)) types.push(type);
    return [run.status, types];
  })()`);
  expect(status).toBe('completed');
  expect(types.at(0)).toBe('workflow_start');
  expect(types.at(-1)).toBe('complete');
});

describe('/api/docs', () => {
  it('loads from this server alone, without a word of the browser, and tries a request', async () => {
    const browser = await launchBrowser();
    afterFile(() => browser.close());
    const page = await openPage(browser);
    const said: string[] = [];
    const elsewhere: string[] = [];
    page
      .on('console', (message) => said.push(message.text()))
      .on('pageerror', ({ message }) => said.push(message));
    page.on('request', (request) => {
      if (!request.url().startsWith(served.url) && !request.url().startsWith('data:'))
        elsewhere.push(request.url());
    });
    await page.goto(`${served.url}/api/docs`);
    await page.locator('#operations-runs-listRuns .opblock-summary-control').click();
    const operation = page.locator('#operations-runs-listRuns');
    await operation.getByRole('button', { name: 'Execute' }).click();
    const answer = operation.locator('.live-responses-table .response').first();
    await answer.getByText('200', { exact: true }).waitFor();
    await expect.poll(() => answer.textContent()).toContain('next_cursor');
    expect(said).toEqual([]);
    expect(elsewhere).toEqual([]);
  });
});

it('llms.txt leads to documents that are served', async () => {
  const text = async (path: string) => {
    const response = await fetch(`${served.url}/${path}`);
    return response.ok ? response.text() : `${response.status}`;
  };
  const links = [...(await text('llms.txt')).matchAll(/\]\(([^)]+)\)/g)].map(([, to = '']) => to);
  expect(links.length).toBeGreaterThan(20);
  const documents = await Promise.all(links.map(text));
  expect(documents.filter((one) => !one.startsWith('# '))).toEqual([]);
  expect(await text('llms-full.txt')).toContain(documents.at(-1));
  expect(await text('docs/..%2Fpackage.md')).toBe('404');
});

/** As much of GitHub as the action asks for. */
async function startGitHub() {
  const comments: { id: number; body: string; user: { login: string } }[] = [
    { id: 1, body: '<!-- baton: greeting -->\nnot yours', user: { login: 'mallory' } },
  ];
  const asked: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      asked.push(`${request.method} ${request.url}`);
      const sent = body === '' ? {} : (JSON.parse(body) as { body: string });
      if (request.url?.includes('/pulls/')) return response.end('diff --git a b\n');
      if (request.method === 'GET') return response.end(JSON.stringify(comments));
      if (request.method === 'POST')
        comments.push({ id: 2, body: '', user: { login: 'github-actions[bot]' }, ...sent });
      else Object.assign(comments.find(({ id }) => request.url?.endsWith(`/${id}`)) ?? {}, sent);
      response.end('{}');
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  afterFile(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, comments, asked };
}

describe('the example of a GitHub Action', () => {
  const HOSTILE = '"; touch /tmp/pwned; $(id) `id` ${{ secrets.X }} \' &';

  it('comments the result of a run, once for all pushes, and lets nothing of a title act', async () => {
    const github = await startGitHub();
    const event = join(temporaryHome(), 'event.json');
    const user = { login: 'ann' };
    const pull = {
      number: 7,
      title: HOSTILE,
      body: null,
      user,
      head: { sha: 'h' },
      base: { sha: 'b' },
      html_url: 'u',
    };
    writeFileSync(event, JSON.stringify({ pull_request: pull }));
    const push = (attempt: string, workflow = 'greeting') =>
      new Promise<{ code: number; err: string }>((done) => {
        const env = {
          ...{
            PATH: process.env['PATH'],
            BATON_URL: served.url,
            WORKFLOW: workflow,
            GITHUB_EVENT_PATH: event,
          },
          ...{
            GITHUB_API_URL: github.url,
            GITHUB_REPOSITORY: 'o/r',
            GITHUB_RUN_ID: '9',
            GITHUB_RUN_ATTEMPT: attempt,
          },
          ...{ INPUTS: 'git_diff=diff,title=title', GITHUB_TOKEN: 't' },
        };
        const child = execFile(
          process.execPath,
          [join(ROOT, 'examples/github-action/run.mjs')],
          { env },
          (_, __, err) => done({ code: child.exitCode ?? -1, err }),
        );
      });
    expect(await push('1')).toEqual({ code: 0, err: '' });
    expect(await push('2')).toEqual({ code: 0, err: '' });
    expect(github.comments.map(({ id }) => id)).toEqual([1, 2]);
    expect(github.comments[0]?.body).toContain('not yours');
    const text = github.comments[1]?.body ?? '';
    expect(text).toMatch(/^<!-- baton: greeting -->\n\*\*greeting\*\* \(\[greeting-/);
    expect(text).toContain(`Hello @\u200Bann &lt;!-- ${HOSTILE}`);
    expect(github.asked).toContain('PATCH /repos/o/r/issues/comments/2');
    expect(await push('3', 'nowhere')).toMatchObject({
      code: 2,
      err: expect.stringContaining('workflow_not_found'),
    });
  });

  it('puts nothing that GitHub fills in into a command of a shell', () => {
    const action = readFileSync(join(ROOT, 'examples/github-action/action.yml'), 'utf8');
    const commands = [...action.matchAll(/^ *run: (.*)$/gm)].map(([, command = '']) => command);
    expect(commands).toHaveLength(2);
    expect(commands.join()).not.toContain('${{');
  });
});
