import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { attemptOf } from '../../test/support/step-attempt.ts';
import type { HttpSpec } from '../plan/plan.ts';
import { maskingFor } from '../secrets/masking.ts';
import { performHttp } from './http.ts';
import { readText } from './network/body.ts';
import { stepAgent } from './network/guarded-agent.ts';
import { StepFailure } from './step-failure.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const server = createServer((request, response) => void serve(request, response));
const seen: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[] = [];
let handler: Handler = (_, response) => response.end('ok');
let base = '';
/** Nobody listens there. */
let closed = '';

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = '', url = '', headers } = request;
  seen.push({ method, url, headers, body: await text(request) });
  handler(request, response);
}

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeAll(async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  closed = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  await new Promise((resolve) => other.close(resolve));
});
beforeEach(() => void seen.splice(0));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const masking = maskingFor(['canary-0123456789']);
const open = stepAgent({ allowPrivate: true });
const guarded = stepAgent({ allowPrivate: false });

const spec = (over: Partial<HttpSpec>): HttpSpec => ({
  kind: 'http',
  method: 'GET',
  url: base,
  headers: {},
  query: {},
  body: null,
  ...over,
});

const request = (over: Partial<HttpSpec>, options: Parameters<typeof attemptOf>[1] = {}, agent = open) =>
  performHttp(agent, masking)(attemptOf(spec(over), options)).then((performed) => performed.value);

async function failure(ending: Promise<unknown>): Promise<StepFailure> {
  const error = await ending.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(StepFailure);
  return error as StepFailure;
}

const json =
  (status: number, value: unknown, headers = {}): Handler =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
    response.end(JSON.stringify(value));
  };

describe('http: requests', () => {
  it('answers with status, headers and the parsed body', async () => {
    handler = json(201, { id: 7 }, { 'x-kind': 'demo' });
    expect(await request({})).toMatchObject({ status: 201, headers: { 'x-kind': 'demo' }, body: { id: 7 } });
  });

  it('renders url, query, headers and body', async () => {
    handler = json(200, null);
    const over = {
      method: 'post',
      url: { $text: [`${base}/items/`, { $expr: 'inputs.id' }] },
      query: { tag: ['a', 'b c'], none: null, n: 3 },
      headers: { 'X-Id': { $expr: 'inputs.id' } },
      body: { name: { $expr: 'inputs.name' } },
    };
    await request(over, { inputs: { id: 5, name: 'ü' } });
    expect(seen[0]).toMatchObject({
      method: 'POST',
      url: '/items/5?tag=a&tag=b+c&n=3',
      headers: { 'x-id': '5', 'content-type': 'application/json', 'idempotency-key': 'run-1/0/work/1' },
      body: '{"name":"ü"}',
    });
  });

  it('sends no Idempotency-Key with safe methods and keeps one that the author gave', async () => {
    handler = (_, response) => response.end();
    await request({ method: 'GET' });
    await request({ method: 'HEAD' });
    await request({ method: 'PUT', headers: { 'Idempotency-Key': 'mine' }, body: 'x' });
    expect(seen.map(({ headers }) => headers['idempotency-key'])).toEqual([undefined, undefined, 'mine']);
    expect(seen[2]?.headers['content-type']).toBe('text/plain');
  });

  it.each([
    ['application/problem+json', '{"a":1}', { a: 1 }],
    ['application/json', '', null],
    ['application/json', '{broken', '{broken'],
    ['text/plain', '{"a":1}', '{"a":1}'],
    ['text/plain; charset=latin1', Buffer.from([0xe9]), 'é'],
    ['text/plain; charset=nonsense', 'x', 'x'],
  ])('reads a body of type %s', async (type, body, value) => {
    handler = (_, response) => void response.writeHead(200, { 'content-type': type }).end(body);
    expect(await request({})).toMatchObject({ body: value });
  });

  it('unpacks compressed bodies', async () => {
    handler = (_, response) =>
      void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('packed'));
    expect(await request({})).toMatchObject({ body: 'packed' });
  });

  it('refuses a body above the cap without reading it to its end', async () => {
    handler = (_, response) => void response.end('x'.repeat(2_000));
    const response = await (await import('undici')).fetch(base, { dispatcher: open });
    const error = await failure(readText(response, 1_000));
    expect(error).toMatchObject({ code: 'result_too_large', message: expect.stringContaining('1000') });
  });
});

describe('http: JSON that would become far more than its text', () => {
  it.each([
    ['of too many values', `[${'[],'.repeat(1_100_000)}1]`, /more than 1000000 values/],
    ['of short names', `{${'"a":1,'.repeat(600_000)}"b":1}`, /more than 1000000 values/],
    ['that is nested too deep', '['.repeat(5_000_000), /more than 200 levels/],
  ])('is refused: %s', async (_, body, message) => {
    handler = (_request, response) =>
      void response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    expect(await failure(request({}))).toMatchObject({
      code: 'result_too_large',
      message: expect.stringMatching(message) as string,
    });
  });

  it('is a text like any other where it is not said to be JSON', async () => {
    handler = (_, response) => void response.end('['.repeat(1_000));
    expect(await request({})).toMatchObject({ body: '['.repeat(1_000) });
  });
});

describe('http: failures', () => {
  it.each([
    [400, false],
    [404, false],
    [408, true],
    [425, true],
    [429, true],
    [500, true],
    [503, true],
  ])('makes status %i a failure, retryable: %s', async (status, retryable) => {
    handler = json(status, { why: 'because' });
    const error = await failure(request({ url: `${base}/x?key=confidential` }));
    const headers = { 'content-type': expect.stringContaining('application/json') };
    const data = { status, headers, body: { why: 'because' } };
    expect(error).toMatchObject({ code: 'http_status', details: { retryable, data } });
    expect(error.message).toContain(`GET ${base}/x answered ${status}`);
    expect(error.message).not.toContain('confidential');
  });

  it('leaves no part of a secret where it cuts the body', async () => {
    handler = (_, response) => {
      response.writeHead(500);
      response.end(`${'x'.repeat(16_380)}canary-0123456789`);
    };
    const error = await failure(request({}));
    expect(error.details.data).toMatchObject({ status: 500, body: `${'x'.repeat(16_380)}***` });
  });

  it('does not send a URL with a password, and does not show it', async () => {
    const error = await failure(request({ url: base.replace('//', '//ann:pass-word@') }));
    expect(error).toMatchObject({ code: 'http_failed', details: { retryable: false } });
    expect(error.message).toMatch(/authorization header/);
    expect(error.message).not.toContain('pass-word');
  });

  it('hands on Retry-After', async () => {
    handler = json(503, null, { 'retry-after': '7' });
    expect((await failure(request({}))).details.retryAfterMs).toBe(7_000);
  });

  it.each([
    ['no URL', 'nonsense', /is no URL/],
    ['a scheme that is not the web', 'file:///etc/passwd', /Scheme file:/],
  ])('does not retry %s', async (_, url, message) => {
    const error = await failure(request({ url }));
    expect(error).toMatchObject({ code: 'http_failed', details: { retryable: false } });
    expect(error.message).toMatch(message);
  });

  it('names the reason when nobody listens', async () => {
    const error = await failure(request({ url: closed }));
    expect(error).toMatchObject({ code: 'http_failed', details: { retryable: true } });
    expect(error.message).toContain('ECONNREFUSED');
  });

  it('retries a connection that breaks in the middle', async () => {
    handler = (_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => response.destroy());
    };
    expect(await failure(request({}))).toMatchObject({ code: 'http_failed', details: { retryable: true } });
  });

  it('does not retry a header that cannot be sent', async () => {
    const error = await failure(request({ headers: { 'X-Bad': 'a\nb' } }));
    expect(error).toMatchObject({ code: 'http_failed', details: { retryable: false } });
  });

  it('stops at the abort of its signal', async () => {
    const stop = new AbortController();
    handler = () => stop.abort(new Error('enough'));
    await expect(request({}, { signal: stop.signal })).rejects.toThrow();
  });
});

describe('http: redirects', () => {
  const redirect = (location: (url: string) => string | null, status = 302): Handler => {
    return ({ url = '' }, response) => {
      const target = location(url);
      if (target === null) return void response.end('arrived');
      response.writeHead(status, { location: target }).end();
    };
  };

  it('are followed up to five times', async () => {
    handler = redirect((url) => (url === '/5' ? null : `/${Number(url.slice(1)) + 1}`));
    expect(await request({ url: `${base}/0` })).toMatchObject({ status: 200, body: 'arrived' });
    expect(await failure(request({ url: `${base}/-1` }))).toMatchObject({
      code: 'http_failed',
      message: expect.stringContaining('More than 5 redirects'),
    });
  });

  it('turn POST into GET without body, except 307 and 308', async () => {
    for (const [status, method, body] of [
      [303, 'GET', ''],
      [302, 'GET', ''],
      [307, 'POST', 'x'],
      [308, 'POST', 'x'],
    ] as const) {
      seen.splice(0);
      handler = redirect((url) => (url === '/to' ? null : '/to'), status);
      await request({ method: 'POST', body: 'x' });
      expect(seen[1]).toMatchObject({ method, body });
    }
  });

  it('take no credentials to another origin', async () => {
    const other = base.replace('127.0.0.1', 'localhost');
    handler = redirect((url) => (url === '/to' ? null : `${other}/to`));
    const secret = { $expr: 'secrets.KEY' };
    const headers = { authorization: secret, 'x-api-key': secret, accept: 'text/plain' };
    await request({ headers }, { secrets: { KEY: 'hush-hush' } });
    expect(seen[0]?.headers).toMatchObject({ authorization: 'hush-hush' });
    expect(seen[1]?.headers).toMatchObject({ accept: 'text/plain' });
    expect(JSON.stringify(seen[1]?.headers)).not.toContain('hush-hush');
  });

  it('cannot leave the web', async () => {
    handler = redirect(() => 'file:///etc/passwd');
    expect((await failure(request({}))).message).toContain('Scheme file:');
  });
});

describe('http: private addresses', () => {
  it.each([
    '127.0.0.1',
    'localhost',
    '[::1]',
    '2130706433',
    '0x7f.1',
    '[::ffff:127.0.0.1]',
    '169.254.169.254',
  ])('are refused: %s', async (host) => {
    const { port } = server.address() as AddressInfo;
    const error = await failure(request({ url: `http://${host}:${port}/` }, {}, guarded));
    expect(error.code).toBe('address_refused');
    expect(error.message).toContain('BATON_ALLOW_PRIVATE_NETWORK');
    expect(seen).toEqual([]);
  });

  it('are refused alike whether or not anybody listens, so that ports cannot be probed', async () => {
    expect((await failure(request({ url: closed }, {}, guarded))).code).toBe('address_refused');
  });
});
