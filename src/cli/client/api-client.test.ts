import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { RUN } from '../testing/told.ts';
import { ApiClient } from './api-client.ts';
import { followEvents } from '../following/event-stream.ts';
import { CliError, EXIT } from '../exit.ts';
import { screenFor, watchRun, type Screen } from '../following/watch-run.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

async function serve(handler: Handler): Promise<ApiClient> {
  const server = createServer(handler);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return new ApiClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

const answer =
  (status: number, body: unknown): Handler =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/problem+json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

const failure = async (work: Promise<unknown>): Promise<CliError> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(CliError);
  return error as CliError;
};

describe('ApiClient', () => {
  it('sends JSON, or a text as it is', async () => {
    const seen: string[] = [];
    const client = await serve((request, response) => {
      request.setEncoding('utf8').on('data', (text: string) => {
        seen.push(`${request.method} ${request.url} ${request.headers['content-type']} ${text}`);
      });
      request.on('end', () => response.end('{"ok":true}'));
    });
    await expect(client.json('/runs', { method: 'POST', body: { a: 1 } })).resolves.toEqual({ ok: true });
    await client.json('/workflows', { method: 'POST', body: 'name: x', contentType: 'application/yaml' });
    expect(seen).toEqual([
      'POST /api/v1/runs application/json {"a":1}',
      'POST /api/v1/workflows application/yaml name: x',
    ]);
  });

  it('asks again after the time that it is told', async () => {
    const waits: string[] = [];
    let asked = 0;
    const busy = { code: 'server_busy', detail: 'Too much is under way.' };
    const server = await serve((_, response) => {
      if (++asked < 3) response.writeHead(503, { 'retry-after': '0' }).end(JSON.stringify(busy));
      else response.end('{"id":"r"}');
    });
    const client = new ApiClient(server.base, (problem) => waits.push(problem));
    await expect(client.json('/runs', { method: 'POST', body: {} })).resolves.toEqual({ id: 'r' });
    expect(waits).toEqual(['server_busy', 'server_busy']);
  });

  it('does not repeat what may have arrived, unless that counts once', async () => {
    let asked = 0;
    const client = await serve((_, response) => {
      asked++;
      if (asked === 3) return void response.end('{}');
      response.writeHead(503, { 'retry-after': '0' }).end('{"code":"temporal_unavailable"}');
    });
    const start = { method: 'POST', body: {} } as const;
    expect((await failure(client.json('/runs', start))).exitCode).toBe(EXIT.unreachable);
    await client.json('/runs', { ...start, headers: { 'Idempotency-Key': 'k' } });
    expect(asked).toBe(3);
  });

  it('tells a problem with its code, each detail with place and hint', async () => {
    const problem = {
      title: 'Invalid definition',
      detail: 'a.yaml:3:5: There is no field "promt" here.',
      code: 'definition_invalid',
      errors: [
        {
          line: 3,
          column: 5,
          code: 'field_unknown',
          message: 'There is no field "promt" here.',
          hint: 'prompt?',
        },
      ],
    };
    const client = await serve(answer(422, problem));
    const error = await failure(client.json('/workflows'));
    expect(error.message).toBe(
      'a.yaml:3:5: There is no field "promt" here. [definition_invalid]\n  3:5 There is no field "promt" here. (prompt?)',
    );
    expect(error.problem).toMatchObject({ code: 'definition_invalid', status: 422 });
  });

  it.each([
    [400, EXIT.usage],
    [404, EXIT.usage],
    [413, EXIT.usage],
    [409, EXIT.failed],
    [422, EXIT.failed],
    [500, EXIT.failed],
    [502, EXIT.unreachable],
    [503, EXIT.unreachable],
  ])('%d ends with exit code %d', async (status, exitCode) => {
    const client = await serve(answer(status, { detail: 'no', code: 'x' }));
    expect(await failure(client.json('/runs'))).toMatchObject({ exitCode, message: 'no [x]' });
  });

  it('copes with an answer that is no problem', async () => {
    const client = await serve(answer(502, '<html>Bad gateway</html>'));
    expect((await failure(client.json('/runs'))).message).toBe('<html>Bad gateway</html>');
    const empty = await serve(answer(500, '[]'));
    expect((await failure(empty.json('/runs'))).message).toBe('the API answered 500');
  });

  it('says how to start the stack when nobody answers', async () => {
    const error = await failure(new ApiClient('http://127.0.0.1:3').json('/runs'));
    expect(error.exitCode).toBe(EXIT.unreachable);
    expect(error.message).toMatch(/cannot reach the API at http:\/\/127\.0\.0\.1:3.*\n.*baton up -d/);
  });
});

/** An API with one run that ends after `events`, and cuts the connection after each event. */
async function flaky(events: number) {
  const resumed: (string | undefined)[] = [];
  let sent = 0;
  const client = await serve((request, response) => {
    const url = request.url ?? '';
    if (url.endsWith('/events')) {
      const after = Number(request.headers['last-event-id'] ?? 0);
      resumed.push(request.headers['last-event-id'] as string | undefined);
      if (after >= events) return void response.writeHead(204).end();
      sent = after + 1;
      const data = JSON.stringify({
        runId: 'r',
        seq: sent,
        type: 'step_completed',
        ts: '2026-11-21T03:00:00Z',
        data: {},
      });
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      return void response.write(`id: ${sent}\nevent: step_completed\ndata: ${data}\n\n`, () =>
        response.destroy(),
      );
    }
    const status = sent >= events ? 'completed' : 'running';
    const run = { ...RUN, id: 'r', workflow: 'w', version: null, status };
    response.end(JSON.stringify(url.endsWith('/steps') ? { items: [], next_cursor: null } : run));
  });
  return { client, resumed };
}

describe('followEvents', () => {
  it('gives every event once over lost connections, and ends with the run', async () => {
    const { client, resumed } = await flaky(3);
    const seen: number[] = [];
    for await (const event of followEvents(client, 'r', { signal: new AbortController().signal }))
      seen.push(event.seq);
    expect(seen).toEqual([1, 2, 3]);
    expect(resumed).toEqual(['0', '1', '2', '3']);
  });

  it('throws what the API refuses', async () => {
    const client = await serve(answer(404, { detail: 'no such run', code: 'run_not_found' }));
    const events = followEvents(client, 'r', { signal: new AbortController().signal });
    expect((await failure(events.next())).message).toBe('no such run [run_not_found]');
  });

  it('gives up when the API stays away', async () => {
    const events = followEvents(new ApiClient('http://127.0.0.1:3'), 'r', {
      signal: new AbortController().signal,
      patience: 2,
    });
    expect((await failure(events.next())).exitCode).toBe(EXIT.unreachable);
  });
});

describe('watchRun', () => {
  it('shows every look and resolves with the ended run', async () => {
    const { client } = await flaky(2);
    const shown: string[] = [];
    let done = 0;
    const screen: Screen = { show: ({ run }) => shown.push(run.status), done: () => done++ };
    await expect(watchRun(client, 'r', screen)).resolves.toMatchObject({ status: 'completed' });
    expect([shown[0], shown.at(-1), done]).toEqual(['running', 'completed', 1]);
  });

  it('prints lines where there is no terminal', async () => {
    const { client } = await flaky(1);
    const lines: string[] = [];
    const stream = {
      isTTY: false,
      write: (text: string) => lines.push(text) > 0,
    } as unknown as NodeJS.WriteStream;
    await watchRun(client, 'r', screenFor(stream));
    expect(lines.at(-1)).toMatch(/^w r {2}✓ completed · 0\/0 steps/);
  });
});
