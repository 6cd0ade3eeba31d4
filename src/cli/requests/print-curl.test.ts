import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { serve, type Asked } from '../../../packages/client/src/testing/server.ts';
import { commandOf, createProgram } from '../program.ts';
import { RUN } from '../testing/told.ts';

let out: string;
let err: string;
beforeEach(() => {
  out = err = '';
  const folder = mkdtempSync(join(tmpdir(), 'baton-curl-'));
  vi.stubEnv('XDG_CONFIG_HOME', folder);
  vi.stubEnv('BATON_HOME', folder);
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((err += String(text)), true));
  onTestFinished(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });
});

/** An API with one run that goes on and on. */
async function api(): Promise<{ readonly url: string; readonly asked: readonly Asked[] }> {
  const served = await serve((request, response) => {
    const isList = /\/(steps|runs)(\?|$)/.test(request.url ?? '');
    const run = { ...RUN, id: 'r-1', status: 'running' };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(isList ? { items: [run], next_cursor: null } : run));
  });
  vi.stubEnv('BATON_URL', served.url);
  return served;
}

const baton = async (...words: string[]) =>
  (await createProgram(commandOf(words))).parseAsync(words, { from: 'user' });

describe('baton api --curl', () => {
  it('prints what a command would send, and sends nothing that changes something', async () => {
    const { url, asked } = await api();
    await baton('api', '--curl', '--', 'pause', '@latest', "it's late", '--by', 'ann', '--mode', 'now');
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toBe(`curl '${url}/api/v1/runs?limit=1'`);
    expect(lines.at(-1)).toMatch(
      /^curl -H 'content-type: application\/json' --data-raw '\{.*it'\\''s late.*\}' .*\/runs\/r-1\/pause$/,
    );
    expect(asked.every(({ method }) => method === 'GET')).toBe(true);
  });

  it('prints what reads, without its result', async () => {
    const { url } = await api();
    await baton('api', '--curl', '--', 'list', '--status', 'failed');
    expect(out).toMatch(new RegExp(`^curl '${url}/api/v1/runs\\?[^\n]*status=failed[^\n]*'\n$`));
  });

  it('ends where a run would be followed for ever', async () => {
    await api();
    await baton('api', '--curl', '--', 'watch', 'r-1');
    expect(out).toMatch(/-H 'accept: text\/event-stream' .*\/runs\/r-1\/events/);
  });

  it.each(['down', 'open', 'mcp'])('does not do what baton %s does to this machine', async (name) => {
    await expect(baton('api', '--curl', '--', name)).rejects.toMatchObject({
      problem: { code: 'option_unclear' },
    });
  });
});

describe('baton api', () => {
  it('sends a request and prints its answer', async () => {
    const { asked } = await api();
    await baton('api', '/runs', '-f', 'limit=5', '-f', 'filter=status:failed a');
    await baton('api', 'POST', '/runs/r-1/pause', '-f', 'reason=lunch', '-f', 'timeout=0', '-H', 'x-a: b');
    await baton('api', 'delete', '/runs/r-1/messages/m');
    await baton('api', '/health/ready');
    expect(asked.map(({ method, url, body }) => `${method} ${url} ${body}`)).toEqual([
      'GET /api/v1/runs?limit=5&filter=status%3Afailed+a ',
      'POST /api/v1/runs/r-1/pause {"reason":"lunch","timeout":0}',
      'DELETE /api/v1/runs/r-1/messages/m ',
      'GET /health/ready ',
    ]);
    expect(asked[1]?.headers).toMatchObject({ 'x-a': 'b', 'content-type': 'application/json' });
    expect(JSON.parse(out.slice(0, out.indexOf('\n}\n') + 2))).toMatchObject({ next_cursor: null });
  });

  it.each([
    [['api', 'runs']],
    [['api', '@elsewhere.invalid/x']],
    [['api', 'PATCH', '/runs']],
    [['api', '/runs', '-f', 'x']],
    [['api', 'GET', '/runs', '-d', '{}']],
    [['api', '/runs', '-d', '{}', '-f', 'a=1']],
  ])('%j is wrong use', async (words) => {
    await expect(baton(...words)).rejects.toMatchObject({ exitCode: 2 });
  });
});

describe('baton context', () => {
  const contexts = async (...words: string[]) => {
    out = '';
    await baton('context', ...words, '-o', 'json');
    return JSON.parse(out) as { readonly url?: string; readonly by?: string };
  };

  it('names installations, and says which one is worked with and why', async () => {
    vi.stubEnv('BATON_URL', '');
    await contexts('add', 'prod', '--url', 'https://baton.example.org/', '--header', 'X-Key: s3cret');
    await contexts('add', 'dev', '--url', 'http://127.0.0.1:4701');
    await contexts('use', 'prod');
    expect(await contexts('show')).toMatchObject({
      ...{ url: 'https://baton.example.org', by: 'context', context: 'prod', sends: ['X-Key'] },
    });
    vi.stubEnv('BATON_URL', 'http://127.0.0.1:4999');
    expect(await contexts('show')).toMatchObject({
      by: 'BATON_URL',
      sends: [],
      passed_over: ['context prod'],
    });
    out = '';
    await baton('--context', 'dev', 'context', 'show', '-o', 'json');
    expect(JSON.parse(out)).toMatchObject({ by: '--context', url: 'http://127.0.0.1:4701' });
    expect(JSON.stringify(await contexts('list'))).not.toContain('s3cret');
    await contexts('remove', 'prod');
    expect(await contexts('list')).toMatchObject({ items: [{ name: 'dev', in_use: false }] });
    expect(err).toBe('');
  });

  it('sends what belongs to it, and keeps that out of curl', async () => {
    const { url, asked } = await api();
    vi.stubEnv('BATON_URL', '');
    vi.stubEnv('PROD_TOKEN', 't0ken');
    await contexts('add', 'prod', '--url', url, '--token-env', 'PROD_TOKEN');
    await baton('--context', 'prod', 'list');
    expect(asked.at(-1)?.headers.authorization).toBe('Bearer t0ken');
    out = '';
    await baton('--context', 'prod', 'api', '--curl', '/runs');
    expect(out).toBe(`curl -H 'authorization: Bearer '"$PROD_TOKEN" ${url}/api/v1/runs\n`);
  });

  it('leaves options of that name to the commands that have them', async () => {
    const { asked } = await api();
    await baton('resume', 'r-1', '--context', 'The tests are in test/');
    expect(asked.map(({ body }) => body).join()).toContain('The tests are in test/');
  });

  it.each([
    [['add', 'x'], /needs --url/],
    [['add', 'x', '--url', 'ftp://x'], /write http/],
    [['add', 'x', '--url', 'http://x', '--token-env', 'sk-123'], /the name of a variable/],
    [['add', 'x', '--url', 'http://x', '--header', 'secret'], /NAME: VALUE/],
    [['use', 'nowhere'], /there is no context "nowhere"/],
    [['remove'], /needs the name/],
  ])('%j is wrong use', async (words, message) => {
    await expect(baton('context', ...words)).rejects.toThrow(message);
  });
});
