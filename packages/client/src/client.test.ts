import { describe, expect, expectTypeOf, it } from 'vitest';
import { Baton } from './baton.ts';
import { BatonError } from './errors.ts';
import type { CommandAnswer, RunNow } from './generated.ts';
import { inTurn, json, serve, stream } from './testing/server.ts';

const PROBLEM = {
  type: '/docs/errors/inputs_invalid',
  title: 'The inputs are wrong',
  status: 422,
  detail: 'Input "git_diff" is required.',
  code: 'inputs_invalid',
  errors: [{ path: 'inputs.git_diff', code: 'input_missing', message: 'Input "git_diff" is required.' }],
};
const BUSY = json(503, { code: 'server_busy', detail: 'Too much.' }, { 'retry-after': '0' });
const UNCLEAR = json(503, { code: 'temporal_unavailable' }, { 'retry-after': '0' });
const HANGS = () => undefined;
const event = (seq: number, type = 'status_change') =>
  `id: ${seq}\nevent: ${type}\ndata: ${JSON.stringify({ runId: 'r', seq, type })}\n\n`;

async function faultOf(work: Promise<unknown>): Promise<BatonError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(BatonError);
  return error as BatonError;
}

async function seqs(events: AsyncIterable<{ readonly seq: number }>): Promise<readonly number[]> {
  const seen: number[] = [];
  for await (const { seq } of events) seen.push(seq);
  return seen;
}

describe('what is sent', () => {
  it('has the types of OpenAPI', async () => {
    const { url } = await serve(json(200, {}));
    const baton = new Baton({ url });
    expectTypeOf(baton.runs.get('r')).resolves.toEqualTypeOf<RunNow>();
    expectTypeOf(baton.runs.pause('r')).resolves.toMatchTypeOf<{ answer: CommandAnswer }>();
    // @ts-expect-error: there is no such path
    await baton.call('get', '/api/v1/rums');
    // @ts-expect-error: the path wants a run
    await baton.call('get', '/api/v1/runs/{id}');
    // @ts-expect-error: there is no such mode
    await baton.runs.pause('r', { mode: 'later' });
    expect(await baton.call('get', '/api/v1/about')).toEqual({ status: 200, data: {} });
  });

  it('names runs and steps in any characters, and has headers that are asked for at each request', async () => {
    const { url, asked } = await serve(json(200, {}));
    let calls = 0;
    const baton = new Baton({
      url: `${url}/`,
      headers: async () => ({ authorization: `Bearer ${++calls}` }),
    });
    await baton.runs.output('a/../b?c', 'x y');
    await baton.runs.list({ filter: 'status:failed a&b', label: ['a:1', 'b:2'] }).page();
    expect(asked.map((one) => one.url)).toEqual([
      '/api/v1/runs/a%2F..%2Fb%3Fc/steps/x%20y/output',
      '/api/v1/runs?filter=status%3Afailed+a%26b&label=a%3A1&label=b%3A2',
    ]);
    expect(asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer 1', 'Bearer 2']);
  });

  it('keeps whole numbers, or makes numbers of them where that is wanted', async () => {
    const text = '{"output":12345678901234567890}';
    const { url, asked } = await serve(json(200, text));
    const exact = new Baton({ url });
    expect(await exact.runs.output('r')).toEqual({ output: 12345678901234567890n });
    expect(await new Baton({ url, wholeNumbers: 'number' }).runs.output('r')).toEqual({
      output: 12345678901234567000,
    });
    await exact.runs.start({ workflow: 'w', inputs: { id: 12345678901234567890n } });
    expect(asked.at(-1)?.body).toContain('{"id":12345678901234567890}');
  });
});

describe('an answer that is no', () => {
  it('has code, place and what else the API said', async () => {
    const { url, asked } = await serve(json(422, PROBLEM));
    const error = await faultOf(new Baton({ url }).runs.start({ workflow: 'w' }));
    expect(error).toMatchObject({
      code: 'inputs_invalid',
      status: 422,
      place: 'inputs.git_diff',
      retryAfter: null,
    });
    expect(error.message).toBe('Input "git_diff" is required.');
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['of a proxy', json(500, '<html>Oops'), 'answer_unreadable', 500],
    ['that is no JSON', json(200, '<html>Welcome'), 'answer_unreadable', null],
    ['that leads elsewhere', json(302, '', { location: 'https://elsewhere.invalid/' }), 'redirected', 302],
  ])('%s is told as what it is, and asked for once', async (_, handler, code, status) => {
    const { url, asked } = await serve(handler);
    expect(await faultOf(new Baton({ url, headers: { 'x-token': 't' } }).runs.get('r'))).toMatchObject({
      code,
      status,
    });
    expect(asked).toHaveLength(1);
  });

  it('without an end is not read on', async () => {
    const { url } = await serve((_, response) => {
      const more = () => void response.write('x'.repeat(65_536), (error) => error ?? more());
      more();
    });
    const baton = new Baton({ url, maxAnswerBytes: 1_000_000 });
    expect(await faultOf(baton.runs.get('r'))).toMatchObject({ code: 'answer_too_large', status: null });
  });
});

describe('trying again', () => {
  it('sends a start again under the same key, also when its answer was lost', async () => {
    const { url, asked } = await serve(
      inTurn(UNCLEAR, (_, response) => response.destroy(), json(201, { id: 'r' })),
    );
    const told: string[] = [];
    const baton = new Baton({ url, onRetry: ({ code }) => told.push(code) });
    expect(await baton.runs.start({ workflow: 'w' })).toEqual({ id: 'r' });
    expect(told).toEqual(['temporal_unavailable', 'connection_lost']);
    expect(new Set(asked.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  it('sends a command again under the same id', async () => {
    const { url, asked } = await serve(inTurn(UNCLEAR, json(202, { id: 'r' })));
    expect(await new Baton({ url }).runs.pause('r')).toEqual({ done: false, answer: { id: 'r' } });
    const ids = asked.map(({ body }) => (JSON.parse(body) as { id: string }).id);
    expect(ids[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(ids[1]).toBe(ids[0]);
  });

  it('never sends again what may have arrived without a key, unless the API has not begun it', async () => {
    const unclear = await serve(UNCLEAR);
    const path = { name: 'w' };
    await faultOf(new Baton({ url: unclear.url }).call('post', '/api/v1/workflows/{name}/archive', { path }));
    expect(unclear.asked).toHaveLength(1);
    const busy = await serve(inTurn(BUSY, json(200, {})));
    await new Baton({ url: busy.url }).call('post', '/api/v1/workflows/{name}/archive', { path });
    expect(busy.asked).toHaveLength(2);
  });

  it('tells a silent server from one that is not there', async () => {
    const { url } = await serve(HANGS);
    expect(await faultOf(new Baton({ url, retries: 0, timeoutMs: 50 }).runs.get('r'))).toMatchObject({
      code: 'timeout',
      status: null,
    });
    expect(await faultOf(new Baton({ url: 'http://127.0.0.1:3', retries: 0 }).runs.get('r'))).toMatchObject({
      ...{ code: 'connection_lost', status: null, message: expect.stringContaining('http://127.0.0.1:3') },
    });
  });

  it('an answer that stops in its middle is a timeout too', async () => {
    const { url } = await serve((_, response) => void response.writeHead(200).write('{"id":'));
    expect(await faultOf(new Baton({ url, retries: 0, timeoutMs: 50 }).runs.get('r'))).toMatchObject({
      code: 'timeout',
    });
  });

  it('ends at once when it is called off, while it waits too', async () => {
    const { url, asked } = await serve(json(503, { code: 'server_busy' }, { 'retry-after': '30' }));
    const stop = new AbortController();
    const baton = new Baton({ url, onRetry: () => stop.abort(new Error('enough')) });
    await expect(baton.runs.get('r', { signal: stop.signal })).rejects.toThrow('enough');
    await expect(baton.runs.get('r', { signal: stop.signal })).rejects.toThrow('enough');
    expect(asked).toHaveLength(1);
  });
});

describe('lists', () => {
  it('are read page by page as they are gone through', async () => {
    const page = (ids: number[], next: string | null) =>
      json(200, { items: ids.map((id) => ({ id })), next_cursor: next });
    const { url, asked } = await serve(inTurn(page([1, 2], 'c2'), page([3], 'c3'), page([4], null)));
    const baton = new Baton({ url });
    expect(await baton.runs.list({ status: 'failed' }).toArray()).toEqual([
      { id: 1 },
      { id: 2 },
      { id: 3 },
      { id: 4 },
    ]);
    expect(asked.map((one) => one.url)).toEqual([
      '/api/v1/runs?status=failed',
      '/api/v1/runs?status=failed&cursor=c2',
      '/api/v1/runs?status=failed&cursor=c3',
    ]);
  });

  it('are not read further than is asked for, and not in a circle', async () => {
    const { url, asked } = await serve(json(200, { items: [{ seq: 1 }], next_cursor: '1' }));
    const baton = new Baton({ url });
    expect(await baton.runs.events('r').toArray(1)).toHaveLength(1);
    expect(await baton.runs.events('r').toArray()).toHaveLength(2);
    expect(asked.at(-1)?.url).toBe('/api/v1/runs/r/events?after=1');
  });
});

describe('following', () => {
  it('gives each event once over cut connections, half events and repetitions', async () => {
    const half = event(3).slice(0, 25);
    const { url, asked } = await serve(
      inTurn(
        stream([event(1), event(2), half], 'break'),
        stream([event(2), event(3)]),
        json(503, {}),
        (_, response) => response.writeHead(204).end(),
      ),
    );
    expect(await seqs(new Baton({ url }).runs.follow('r', { type: 'status_change' }))).toEqual([1, 2, 3]);
    expect(asked.map(({ headers }) => headers['last-event-id'])).toEqual(['0', '2', '3', '3']);
    expect(asked[0]?.url).toBe('/api/v1/runs/r/events?type=status_change');
  });

  it('takes a connection that says nothing for lost', async () => {
    const { url } = await serve(
      inTurn(stream([event(1)], 'stay'), stream([event(2)]), (_, response) => response.writeHead(204).end()),
    );
    expect(await seqs(new Baton({ url }).runs.follow('r', { silenceMs: 60 }))).toEqual([1, 2]);
  });

  it.each([
    ['what is refused', json(404, { code: 'run_not_found' }), 'run_not_found'],
    ['what is no stream', json(200, '<html>'), 'answer_unreadable'],
    ['what is no event', stream(['id: 1\ndata: {half\n\n']), 'answer_unreadable'],
    ['a line without end', stream(['data: ', 'x'.repeat(5_000)], 'stay'), 'answer_too_large'],
    ['an event without end', stream(['data: x\n'.repeat(2_000)], 'stay'), 'answer_too_large'],
    [
      'a stream that ends again and again',
      (_: unknown, response: { writeHead: (...head: unknown[]) => { end: () => unknown } }) =>
        response.writeHead(200, { 'content-type': 'text/event-stream' }).end(),
      'connection_lost',
    ],
  ] as const)('gives up at %s', async (_, handler, code) => {
    const { url } = await serve(handler as never);
    const events = new Baton({ url }).runs.follow('r', { eventChars: 1_000, tries: 2 });
    expect(await faultOf(seqs(events))).toMatchObject({ code });
  });

  it('ends without an error when it is called off', async () => {
    const { url } = await serve(stream([event(1)], 'stay'));
    const stop = new AbortController();
    const seen: number[] = [];
    for await (const { seq } of new Baton({ url }).runs.follow('r', { signal: stop.signal })) {
      seen.push(seq);
      stop.abort();
    }
    expect(seen).toEqual([1]);
  });

  it('waits for the end of a run', async () => {
    const run = (status: string, last: number) => json(200, { id: 'r', status, last_seq: last });
    const { url, asked } = await serve(
      inTurn(run('running', 4), stream([event(5, 'complete')], 'stay'), run('completed', 5)),
    );
    expect(await new Baton({ url }).runs.wait('r')).toMatchObject({ status: 'completed' });
    expect(asked.map((one) => one.url)).toEqual([
      '/api/v1/runs/r',
      '/api/v1/runs/r/events?type=complete',
      '/api/v1/runs/r',
    ]);
    expect(asked[1]?.headers['last-event-id']).toBe('4');
  });
});
