import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CancelledFailure } from '@temporalio/common';
import { afterAll, describe, expect, it } from 'vitest';
import { modelRequest } from '../../../../test/support/model-request.ts';
import type { Caller, Message, ModelRequest } from './provider.ts';
import { unconsumed, unexpected } from './script-use.ts';
import { readScript } from './script.ts';
import { scriptedCall } from './scripted.ts';

const dir = mkdtempSync(join(tmpdir(), 'baton-script-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

let files = 0;
function script(text: string): string {
  const path = join(dir, `${files++}.yaml`);
  writeFileSync(path, text);
  return path;
}

const caller = (step: string, over: Partial<Caller> = {}): Caller => ({
  workflow: 'demo',
  step,
  attempt: 1,
  turn: 1,
  ...over,
});
const request = (step: string, at: Partial<Caller> = {}, over: Partial<ModelRequest> = {}): ModelRequest =>
  modelRequest({
    model: { provider: 'scripted', model: 'script' },
    messages: [{ role: 'user', text: 'do it' }],
    caller: caller(step, at),
    ...over,
  });

const PLAY = script(`
script: 1
calls:
  - { workflow: other, step: a, reply: for the other }
  - { step: a, attempt: 1, fail: { type: model_rate_limited, message: slow down, retry_after: 2s }, usage: { input_tokens: 3 } }
  - { step: a, reply: second try, usage: { input_tokens: 10, output_tokens: 2 } }
  - { step: b, reply_json: { ok: true }, expect: [do, it], model: openai/gpt-4o, usage: { input_tokens: 1000000, output_tokens: 0 } }
  - { step: c, chunks: [one, two], delay: 1ms }
  - { step: d, expect: nothing like it, reply: never }
  - { step: e, delay: 1h, reply: late }
  - { step: never, attempt: 3, reply: unused }
  - step: loop
    turns:
      - { expect: do it, expect_tools: [read_file], reply: I look., tool_calls: [{ name: read_file, input: { path: a.txt } }, { id: mine, name: stop }] }
      - { expect: [it is empty, '"lines":0'], tool_calls: [{ name: read_file, input: [broken] }] }
      - reply: done
  - { step: loop, attempt: 2, turn: 5, reply: the fifth }
`);
const call = scriptedCall(PLAY);

describe('scripted provider', () => {
  it('answers by workflow, step and attempt; the first entry that fits counts', async () => {
    expect((await call(request('a', { workflow: 'other' }))).text).toBe('for the other');
    expect((await call(request('a', { attempt: 2 }))).text).toBe('second try');
    expect((await call(request('a', { attempt: 2, turn: 9 }))).text).toBe('second try');
  });

  it('fails as the script says, with usage and waiting time', async () => {
    await expect(call(request('a'))).rejects.toMatchObject({
      code: 'model_rate_limited',
      message: 'slow down',
      details: { retryAfterMs: 2_000, usage: { inputTokens: 3, costMicros: null } },
    });
  });

  it('answers the same again, so a restarted worker meets the same script', async () => {
    expect((await call(request('a', { attempt: 2 }))).text).toBe('second try');
    expect((await scriptedCall(PLAY)(request('a', { attempt: 2 }))).text).toBe('second try');
  });

  it('gives chunks piece by piece', async () => {
    const chunks: string[] = [];
    const answer = await call(request('c', {}, { onChunk: (text) => void chunks.push(text) }));
    expect(chunks).toEqual(['one', 'two']);
    expect(answer).toMatchObject({ text: 'onetwo', firstTokenMs: expect.any(Number) });
  });

  it.each([
    ['nothing of its usage, unless the script does', '', undefined],
    [
      'its usage',
      'usage: { input_tokens: 7 }, ',
      expect.objectContaining({ inputTokens: 7, finishReason: null }),
    ],
  ])('that is stopped between two pieces has said the first, and says %s', async (_, usage, told) => {
    const slow = scriptedCall(
      script(`script: 1\ncalls: [{ step: a, ${usage}chunks: [one, two], chunk_delay: 1h }]`),
    );
    const stop = new AbortController();
    const chunks: string[] = [];
    const onChunk = (text: string) => {
      chunks.push(text);
      stop.abort(new CancelledFailure('stop'));
    };
    const error = await slow(request('a', {}, { onChunk, signal: stop.signal })).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(CancelledFailure);
    const [details] = (error as CancelledFailure).details as { usage?: object }[];
    expect(details?.usage).toEqual(told);
    expect(chunks).toEqual(['one']);
  });

  it('is priced only when the script names a model', async () => {
    expect(await call(request('a', { attempt: 2 }))).toMatchObject({ priceAs: null, model: 'script' });
    expect(await call(request('b'))).toMatchObject({
      text: '{"ok":true}',
      model: 'gpt-4o',
      priceAs: { providerId: 'openai' },
    });
  });

  it('refuses a call that it does not know, and says what to do', async () => {
    await expect(call(request('x', { attempt: 4, turn: 2 }))).rejects.toMatchObject({
      code: 'script_error',
      message: expect.stringMatching(
        /workflow "demo", step "x", attempt 4, turn 2.*Add one, or set a vendor's key/,
      ),
    });
  });

  it('refuses a prompt without what is expected', async () => {
    await expect(call(request('d'))).rejects.toMatchObject({
      code: 'script_error',
      message: expect.stringContaining('"nothing like it"'),
    });
  });

  it('stops waiting at the abort', async () => {
    await expect(call(request('e', {}, { signal: AbortSignal.abort() }))).rejects.toThrow();
  });

  it('reads the file again when it has changed', async () => {
    const changing = script('script: 1\ncalls: [{ step: a, reply: old }]');
    const own = scriptedCall(changing);
    expect((await own(request('a'))).text).toBe('old');
    writeFileSync(changing, 'script: 1\ncalls: [{ step: a, reply: renewed }]');
    expect((await own(request('a'))).text).toBe('renewed');
  });
});

describe('scripted turns', () => {
  const tools = [{ name: 'read_file', description: '', inputSchema: {} }];
  const asked: Message[] = [
    { role: 'user', text: 'do it' },
    { role: 'assistant', text: 'I look.', calls: [], provider: 'scripted', native: null },
  ];
  const results: Message = {
    role: 'tool',
    results: [
      { call: '1', name: 'read_file', output: 'it is empty', isError: false },
      { call: '2', name: 'stop', output: { lines: 0 }, isError: false },
    ],
  };

  it('are answered in their order', async () => {
    expect(await call(request('loop', {}, { tools }))).toMatchObject({
      text: 'I look.',
      calls: [
        { id: null, name: 'read_file', input: { path: 'a.txt' } },
        { id: 'mine', name: 'stop', input: {} },
      ],
      finishReason: 'tool-calls',
    });
    const second = await call(request('loop', { turn: 2 }, { messages: [...asked, results] }));
    expect(second.calls[0]?.input).toEqual({ $invalid: '["broken"]' });
    expect((await call(request('loop', { turn: 3 }))).text).toBe('done');
    expect((await call(request('loop', { turn: 5, attempt: 2 }))).text).toBe('the fifth');
  });

  it('are no more than the script has', async () => {
    await expect(call(request('loop', { turn: 4 }))).rejects.toMatchObject({
      message: expect.stringContaining('turn 4'),
    });
  });

  it('look only at what is new since the last answer', async () => {
    const old: Message = { role: 'user', text: 'it is empty "lines":0' };
    await expect(
      call(request('loop', { turn: 2 }, { messages: [old, ...asked, { role: 'user', text: 'go on' }] })),
    ).rejects.toMatchObject({ message: expect.stringMatching(/\*\/loop#\*\/2 expects "it is empty"/) });
  });

  it('want their tools to be offered', async () => {
    await expect(call(request('loop'))).rejects.toMatchObject({
      code: 'script_error',
      message: expect.stringMatching(/expects the tools read_file; offered are none/),
    });
  });
});

describe('use of a script', () => {
  const calls = [caller('a'), caller('loop'), caller('loop', { turn: 3 }), caller('who', { attempt: 2 })];

  it('lists entries that no call has met', async () => {
    expect(unconsumed(await readScript(PLAY), calls)).toEqual([
      'other/a#*/*',
      '*/a#*/*',
      '*/b#*/*',
      '*/c#*/*',
      '*/d#*/*',
      '*/e#*/*',
      '*/never#3/*',
      '*/loop#*/2',
      '*/loop#2/5',
    ]);
  });

  it('lists calls that no entry answers', async () => {
    expect(unexpected(await readScript(PLAY), calls)).toEqual(['demo/who#2/1']);
  });
});

describe('scripts that cannot be used', () => {
  it.each([
    ['no file is named', undefined, /No model can be used: set ANTHROPIC_API_KEY.*BATON_SCRIPT/],
    ['the file is not there', '/no/such/file.yaml', /file\.yaml \(BATON_SCRIPT\) cannot be read.*ENOENT/],
    ['it is broken YAML', script('calls: ['), /cannot be read/],
    ['it is empty', script(''), /the script: /],
    ['its version is unknown', script('script: 2\ncalls: []'), /script: /],
    [
      'an entry has no answer',
      script('script: 1\ncalls: [{ step: a }]'),
      /calls\.0: needs exactly one of reply/,
    ],
    ['an entry has two', script('script: 1\ncalls: [{ step: a, reply: x, chunks: [y] }]'), /exactly one/],
    [
      'calls of tools stand beside a failure',
      script(
        'script: 1\ncalls: [{ step: a, tool_calls: [{ name: x }], fail: { type: unknown, message: m } }]',
      ),
      /exactly one/,
    ],
    [
      'a code is unknown',
      script('script: 1\ncalls: [{ step: a, fail: { type: oops, message: m } }]'),
      /calls\.0\.fail\.type: is no failure code/,
    ],
    [
      'a duration is none',
      script('script: 1\ncalls: [{ step: a, reply: x, delay: soon }]'),
      /"soon" is no duration/,
    ],
    ['a name is misspelt', script('script: 1\ncalls: [{ stepp: a, reply: x }]'), /stepp/],
    ['an entry is none', script('script: 1\ncalls: [hello]'), /calls\.0: /],
    [
      'a turn has no answer',
      script('script: 1\ncalls: [{ step: a, turns: [{ reply: x }, {}] }]'),
      /calls\.0\.turns\.1: needs exactly one of reply/,
    ],
    [
      'an answer stands beside turns',
      script('script: 1\ncalls: [{ step: a, reply: x, turns: [{ reply: x }] }]'),
      /calls\.0: .*reply/,
    ],
  ])('because %s', async (_, path, message) => {
    await expect(scriptedCall(path)(request('a'))).rejects.toMatchObject({
      code: 'script_error',
      message: expect.stringMatching(message),
    });
  });
});
