import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ModelRequest } from './provider.ts';
import { scriptedProvider } from './scripted.ts';

const dir = mkdtempSync(join(tmpdir(), 'baton-script-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

let files = 0;
function script(text: string): string {
  const path = join(dir, `${files++}.yaml`);
  writeFileSync(path, text);
  return path;
}

const request = (
  step: string,
  over: Partial<ModelRequest['caller']> & { prompt?: string; signal?: AbortSignal } = {},
): ModelRequest => {
  const { prompt = 'do it', signal = new AbortController().signal, workflow = 'demo', attempt = 1 } = over;
  return {
    model: { provider: 'scripted', model: 'script' },
    system: '',
    prompt,
    temperature: null,
    maxOutputTokens: null,
    signal,
    caller: { workflow, step, attempt },
  };
};

const PLAY = `
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
`;

describe('scripted provider', () => {
  const path = script(PLAY);
  const provider = scriptedProvider(path);

  it('answers by workflow, step and attempt; the first entry that fits counts', async () => {
    expect((await provider.call(request('a', { workflow: 'other' }))).text).toBe('for the other');
    expect((await provider.call(request('a', { attempt: 2 }))).text).toBe('second try');
    expect((await provider.call(request('c'))).text).toBe('onetwo');
  });

  it('fails as the script says, with usage and waiting time', async () => {
    await expect(provider.call(request('a'))).rejects.toMatchObject({
      code: 'model_rate_limited',
      message: 'slow down',
      details: { retryAfterMs: 2_000, usage: { inputTokens: 3, costMicros: null } },
    });
  });

  it('answers the same again, so a restarted worker meets the same script', async () => {
    expect((await provider.call(request('a', { attempt: 2 }))).text).toBe('second try');
  });

  it('is priced only when the script names a model', async () => {
    expect(await provider.call(request('a', { attempt: 2 }))).toMatchObject({
      priceAs: null,
      model: 'script',
    });
    expect(await provider.call(request('b'))).toMatchObject({
      text: '{"ok":true}',
      model: 'gpt-4o',
      priceAs: { providerId: 'openai' },
    });
  });

  it('refuses a call that it does not know, and says what to do', async () => {
    await expect(provider.call(request('x', { attempt: 4 }))).rejects.toMatchObject({
      code: 'script_error',
      message: expect.stringMatching(/workflow "demo", step "x", attempt 4.*Add one, or set a vendor's key/),
    });
  });

  it('refuses a prompt without what is expected', async () => {
    await expect(provider.call(request('d'))).rejects.toMatchObject({
      code: 'script_error',
      message: expect.stringContaining('"nothing like it"'),
    });
  });

  it('stops waiting at the abort', async () => {
    await expect(provider.call(request('e', { signal: AbortSignal.abort() }))).rejects.toThrow();
  });

  it('tells what was never asked for', async () => {
    expect(await provider.unconsumed()).toEqual(['*/never#3']);
  });

  it('reads the file again when it has changed', async () => {
    const changing = script('script: 1\ncalls: [{ step: a, reply: old }]');
    const own = scriptedProvider(changing);
    expect((await own.call(request('a'))).text).toBe('old');
    writeFileSync(changing, 'script: 1\ncalls: [{ step: a, reply: renewed }]');
    expect((await own.call(request('a'))).text).toBe('renewed');
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
  ])('because %s', async (_, path, message) => {
    await expect(scriptedProvider(path).call(request('a'))).rejects.toMatchObject({
      code: 'script_error',
      message: expect.stringMatching(message),
    });
  });
});
