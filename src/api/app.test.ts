/** The app without its dependencies: Postgres and Temporal are away, which is a case of its own. */
import { gzipSync } from 'node:zlib';
import type { Express } from 'express';
import request from 'supertest';
import { afterAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../database/database.ts';
import { createLogger } from '../log/log.ts';
import { SCOPES, type Scope } from '../mcp/scope.ts';
import { lazyTemporal, temporalClient } from '../temporal/connection.ts';
import { createApi } from './app.ts';
import { BODY_LIMIT } from './http/mount.ts';
import { openApiPath } from './openapi.ts';
import { ROUTES } from './routes/index.ts';

const log = createLogger('test', 'silent');
const target = { address: '127.0.0.1:1', namespace: 'default' };
const database = openDatabase('postgres://127.0.0.1:1/none', { log, name: 'test' });
const connection = lazyTemporal(target);
const config = {
  BATON_TASK_QUEUE: 'baton',
  BATON_HOST: '127.0.0.1',
  BATON_ALLOWED_HOSTS: [],
  BATON_MCP_SCOPE: SCOPES as readonly Scope[],
  BATON_AGENTS: 'agents',
  BATON_CACHE_RUNS: 10,
  BATON_CACHE_SECONDS: 60,
};
const { app } = createApi({ database, temporal: temporalClient(connection, target, 'test'), config, log });
afterAll(() => Promise.all([database.end(), connection.close()]));

const YAML = 'application/yaml';

interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string }>>>>;
  readonly components: { readonly schemas: object };
}

const getDocument = async () => (await request(app).get('/api/v1/openapi.json').expect(200)).body as OpenApi;

interface Layer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
  readonly handle: { readonly stack?: readonly Layer[] };
}

/** `get /runs/{id}` of every route that Express really has; the catch-alls that answer 405 are none. */
function registered(express: Express): string[] {
  const routers = (express.router.stack as unknown as Layer[]).filter(
    (layer) => layer.handle.stack !== undefined,
  );
  // What comes after them are pages.
  return routers.slice(0, ROUTES.length).flatMap((layer, at) =>
    (layer.handle.stack ?? []).flatMap(({ route }) =>
      Object.keys(route?.methods ?? {})
        .filter((method) => method !== '_all')
        .map((method) => `${method} ${openApiPath(`${ROUTES[at]?.base}${route?.path}`)}`),
    ),
  );
}

describe('bodies of JSON', () => {
  it.each([
    ['of too many values', `{"workflow": "w", "inputs": [${'[],'.repeat(120_000)}1]}`, 413, 'body_too_large'],
    ['that are nested far too deep', '['.repeat(500_000), 413, 'body_too_large'],
    ['that are nested too deep', `{"inputs": ${'['.repeat(200)}${']'.repeat(200)}}`, 400, 'invalid_request'],
  ])('%s are refused', async (_, body, status, code) => {
    const answer = await request(app).post('/api/v1/runs').type('application/json').send(body);
    expect([answer.status, (answer.body as { code: string }).code]).toEqual([status, code]);
  });
});

describe('OpenAPI', () => {
  it('describes every route that is there, and no other', async () => {
    const { paths } = await getDocument();
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(described.toSorted()).toEqual(registered(app).toSorted());
    expect(described.length).toBeGreaterThan(20);
  });

  it('has the conversation at both of its places', async () => {
    const { paths } = await getDocument();
    const methods = (path: string) => Object.keys(paths[path] ?? {}).toSorted();
    expect(methods('/api/v1/runs/{id}/messages')).toEqual(['get', 'post']);
    expect(methods('/api/v1/runs/{id}/messages/{message_id}')).toEqual(['delete', 'get']);
    expect(methods('/api/v1/runs/{id}/redirect')).toEqual(['post']);
    expect(methods('/api/workflows/{id}/messages')).toEqual(['get', 'post']);
    expect(methods('/api/workflows/{id}/pause')).toEqual(['post']);
    expect(methods('/api/workflows/{id}/unpause')).toEqual(['post']);
  });

  it('is a whole 3.1 document: every reference leads somewhere, every operation has its own id', async () => {
    const document = await getDocument();
    expect(document.openapi).toBe('3.1.0');
    const text = JSON.stringify(document);
    const references = Array.from(
      text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g),
      ([, name]) => name,
    );
    expect(references).toContain('Run');
    for (const name of references) expect(document.components.schemas).toHaveProperty(String(name));
    const ids = Object.values(document.paths).flatMap((path) =>
      Object.values(path).map((one) => one.operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('a request that is refused', () => {
  const unsafe = ROUTES.flatMap(({ base, endpoints }) =>
    endpoints
      .filter(({ method }) => method !== 'get')
      .map(({ method, path }) => [method, `${base}${path}`.replaceAll(/:\w+/g, 'x')] as const),
  );

  it.each(unsafe)('sends what a form could send: %s %s', async (method, path) => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ]) {
      await sendAs(method, path).type(type).send('{}').expect(415);
    }
    const page = sendAs(method, path).type('application/json').set('Origin', 'null').send('{}');
    expect((await page).body).toMatchObject({ code: 'cross_origin' });
  });

  const sendAs = (method: 'get' | 'post' | 'put' | 'delete', path: string) => request(app)[method](path);

  it('names an unknown route', async () => {
    const answer = await request(app).get('/api/v1/nothing').expect(404);
    expect(answer.type).toBe('application/problem+json');
    expect(answer.body).toMatchObject({
      code: 'route_not_found',
      type: '/docs/errors/route_not_found',
      status: 404,
    });
    expect(answer.body).toHaveProperty('request_id', answer.headers['x-request-id']);
  });

  it('leads to what its code means, in the form that the reader wants', async () => {
    const { type } = (await request(app).get('/api/v1/nothing')).body as { type: string };
    const plain = await request(app).get(type).expect(200);
    expect(plain.type).toBe('text/markdown');
    expect(plain.text).toMatch(/^# route_not_found\n\n\*\*Status:\*\* 404\n/);
    const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
    const page = await request(app).get(type).set('Accept', browser).expect(200);
    expect(page.type).toBe('text/html');
    expect(page.text).toContain('<h1>route_not_found</h1>');
    expect(page.headers).toMatchObject({ vary: 'Accept', 'x-content-type-options': 'nosniff' });
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    await request(app)
      .get('/docs/errors')
      .set('Accept', 'text/plain')
      .expect('content-type', /^text\/plain/);
    const none = await request(app).get('/docs/errors/x%3Cscript%3E').expect(404);
    expect(none.body).toMatchObject({ code: 'code_not_found', type: '/docs/errors/code_not_found' });
  });

  it('names the methods that a route knows', async () => {
    const answer = await request(app).delete('/api/v1/runs').expect(405);
    expect(answer.headers['allow']).toBe('POST, GET, HEAD, OPTIONS');
    expect(answer.body).toMatchObject({ code: 'method_not_allowed' });
    await request(app).put('/api/v1/runs/some-id').expect(405);
    await request(app).options('/api/v1/runs/some-id/pause').expect(204).expect('allow', 'POST, OPTIONS');
    const head = await request(app).head('/health/live').expect(200);
    expect(head.text ?? '').toBe('');
  });

  it.each([
    ['a definition', '/api/v1/workflows/validate', YAML, `# ${'x'.repeat(BODY_LIMIT)}`],
    [
      'a start',
      '/api/v1/runs',
      'application/json',
      JSON.stringify({ workflow: 'w', inputs: 'x'.repeat(BODY_LIMIT) }),
    ],
    [
      'a command',
      '/api/v1/runs/r/pause',
      'application/json',
      JSON.stringify({ reason: 'x'.repeat(BODY_LIMIT) }),
    ],
  ])('says that %s is above 1 MB', async (_, path, type, body) => {
    const answer = await request(app).post(path).type(type).send(body).expect(413);
    expect(answer.body).toMatchObject({ code: 'body_too_large', status: 413 });
  });

  it('says that a compressed body is above 1 MB', async () => {
    const call = request(app).post('/api/v1/workflows/validate').type(YAML).set('Content-Encoding', 'gzip');
    call.write(gzipSync(`# ${'x'.repeat(BODY_LIMIT)}`));
    expect((await call).status).toBe(413);
  });

  it.each([
    ['text/plain', 'name: x'],
    ['multipart/form-data', 'x'],
    ['application/xml', '<x/>'],
  ])('does not take a definition as %s', async (type, body) => {
    const answer = await request(app).post('/api/v1/workflows').type(type).send(body).expect(415);
    expect(answer.headers['accept']).toContain(YAML);
    expect(answer.body).toMatchObject({ code: 'unsupported_media_type' });
  });

  it.each(['{"workflow": ', '[1, 2', 'workflow', '{"a": 1} trailing'])(
    'does not take %s as JSON',
    async (body) => {
      const answer = await request(app).post('/api/v1/runs').type('json').send(body).expect(400);
      expect(answer.body).toMatchObject({ code: 'invalid_json' });
    },
  );

  it.each([
    ['an empty body', undefined, ['body.workflow']],
    ['null', 'null', ['body']],
    ['a list', '[]', ['body']],
    [
      'wrong types',
      '{"workflow": 3, "labels": [], "id": "../x"}',
      ['body.workflow', 'body.labels', 'body.id'],
    ],
    ['an unknown member', '{"workflow": "w", "input": {}}', ['body']],
    ['a label name with spaces', '{"workflow": "w", "labels": {"a b": "c"}}', ['body.labels.a b']],
  ])('lists all that is wrong with a start: %s', async (_, body, paths) => {
    const call = request(app).post('/api/v1/runs');
    const answer = await (body === undefined ? call : call.type('json').send(body)).expect(400);
    expect(answer.body).toMatchObject({ code: 'invalid_request' });
    expect((answer.body as { errors: { path: string }[] }).errors.map((error) => error.path)).toEqual(paths);
  });

  it.each([
    '/api/v1/runs?limit=0',
    '/api/v1/runs?limit=201',
    '/api/v1/runs?limit=1&limit=2',
    '/api/v1/runs?status=done',
    '/api/v1/runs?sttaus=running',
    '/api/v1/runs?label=nocolon',
    '/api/v1/runs?created_after=yesterday',
    '/api/v1/runs/r?status=running',
    '/api/v1/runs/r/output?full=1',
    '/api/v1/runs/a%00b',
    '/api/v1/runs/%E0%A4%A',
    '/api/v1/runs/r/events?after=-1',
    '/api/v1/blobs/..%2f..%2fetc',
  ])('says what is wrong with %s', async (path) => {
    const answer = await request(app).get(path).expect(400);
    expect(answer.body).toMatchObject({ code: 'invalid_request' });
  });

  it.each(['abc', 'e30', 'x'.repeat(1_000)])('does not take the cursor %s', async (cursor) => {
    const answer = await request(app).get(`/api/v1/runs?cursor=${cursor}`).expect(400);
    expect(answer.body).toMatchObject({ code: 'invalid_cursor' });
  });

  it('comes from a page of another origin, or names a host that is not loopback', async () => {
    const foreign = await request(app).get('/health/live').set('Origin', 'https://evil.example').expect(403);
    expect(foreign.body).toMatchObject({ code: 'cross_origin' });
    await request(app).get('/health/live').set('Origin', 'null').expect(403);
    const rebound = await request(app).get('/health/live').set('Host', 'evil.example').expect(403);
    expect(rebound.body).toMatchObject({ code: 'host_refused' });
    await request(app)
      .get('/health/live')
      .set('Host', 'localhost:4700')
      .set('Origin', 'http://localhost:4700')
      .expect(200);
  });
});

describe('while Postgres and Temporal are away', () => {
  it('the process lives and says what it misses', async () => {
    await request(app).get('/health/live').expect(200, { status: 'live' });
    const answer = await request(app).get('/health/ready').expect(503);
    expect(answer.body).toEqual({
      status: 'unavailable',
      dependencies: {
        database: { status: 'failed', code: 'database_unavailable' },
        temporal: { status: 'failed', code: 'temporal_unavailable' },
        disk: { status: 'ok' },
        projector: { status: 'unknown' },
      },
    });
  });

  it.each([
    ['get', '/api/v1/runs'],
    ['get', '/api/v1/runs/r'],
    ['get', '/api/v1/runs/r/events'],
    ['get', '/api/v1/workflows/w'],
    ['post', '/api/v1/runs/r/pause'],
  ] as const)('%s %s can be tried again later', async (method, path) => {
    const answer = await request(app)[method](path).expect(503);
    expect(answer.headers['retry-after']).toBe('2');
    expect(answer.body).toMatchObject({ code: 'database_unavailable', status: 503 });
  });
});

describe('/mcp', () => {
  const ask = (settings: Partial<typeof config>, message: object) => {
    const own = { ...config, ...settings };
    const api = createApi({
      database,
      temporal: temporalClient(connection, target, 'test'),
      config: own,
      log,
    });
    return request(api.app)
      .post('/mcp?scope=read,steer')
      .set('Accept', 'application/json, text/event-stream')
      .send({ jsonrpc: '2.0', id: 1, ...message });
  };
  const toolsOf = ({ body }: { readonly body: unknown }) =>
    (body as { result: { tools: { name: string }[] } }).result.tools.map(({ name }) => name);

  it('offers no more than its installation does', async () => {
    const both = toolsOf(await ask({}, { method: 'tools/list' }).expect(200));
    const steer = toolsOf(await ask({ BATON_MCP_SCOPE: ['steer', 'author'] }, { method: 'tools/list' }));
    expect(both).toEqual(expect.arrayContaining(['list_runs', 'pause_run']));
    expect(steer).toContain('pause_run');
    expect(steer.filter((name) => ['list_runs', 'publish_workflow'].includes(name))).toEqual([]);
  });

  it('is not there where the installation offers nothing', async () => {
    const answer = await ask({ BATON_MCP_SCOPE: [] }, { method: 'tools/list' }).expect(404);
    expect(answer.body).toMatchObject({ code: 'route_not_found' });
  });

  it('tells of what is away as of every refusal', async () => {
    const params = { name: 'get_workflow_status', arguments: { run: 'r' } };
    const { body } = await ask({}, { method: 'tools/call', params }).expect(200);
    expect(body).toMatchObject({
      result: { isError: true, _meta: { 'baton/problem': { code: 'database_unavailable', status: 503 } } },
    });
  });
});

describe('metrics', () => {
  it('count by the pattern of the route, never by its path', async () => {
    await request(app).get('/api/v1/runs/some-id');
    const answer = await request(app).get('/metrics').expect(200);
    expect(answer.text).toContain('route="/api/v1/runs/:id"');
    expect(answer.text).not.toContain('some-id');
    expect(answer.text).toContain('process_cpu_seconds_total');
  });
});
