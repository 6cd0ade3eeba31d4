/** Whatever stands in a transcript, each vendor gets a request that it takes, with all that people and tools have said. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../test/support/cases.ts';
import { modelRequest } from '../../../../test/support/model-request.ts';
import {
  anthropicFaults,
  chatFaults,
  geminiFaults,
  mistralFaults,
  responsesFaults,
} from '../../../../test/support/vendor-checks.ts';
import type { Json } from '../../../plan/json.ts';
import type { ModelName } from '../models.ts';
import type { Message, ToolMessage } from './provider.ts';
import type { VendorName } from './vendor-name.ts';
import { vendorCall } from './vendors.ts';

type Body = Readonly<Record<string, unknown>>;

const VENDORS: readonly (readonly [VendorName, string, (body: Body) => string[]])[] = [
  ['anthropic', 'claude-sonnet-5', anthropicFaults],
  ['openai', 'gpt-5.4', responsesFaults],
  ['openai', 'gpt-4.1', responsesFaults],
  ['google', 'gemini-3.5-flash', geminiFaults],
  ['google', 'gemini-2.5-pro', geminiFaults],
  ['compatible', 'some-model', chatFaults],
  ['compatible', 'mistral-large', mistralFaults],
];

const TOOLS = [
  { name: 'read_file', description: 'x'.repeat(3_000), inputSchema: { type: 'object' } },
  {
    name: 'mcp__a__any',
    description: 'one of',
    inputSchema: { anyOf: [{ required: ['a'] }, { required: ['b'] }] },
  },
];

/** The request that would be sent. */
async function sentTo({ provider, model }: ModelName, messages: readonly Message[]): Promise<Body> {
  let body: Body | null = null;
  const fetch = (async (_: unknown, init: { body: string }) => {
    body = JSON.parse(init.body) as Body;
    throw new Error('not sent');
  }) as unknown as typeof globalThis.fetch;
  const env = { ANTHROPIC_API_KEY: 'k', OPENAI_API_KEY: 'k', GOOGLE_GENERATIVE_AI_API_KEY: 'k' };
  const config = { BATON_COMPATIBLE_BASE_URL: 'http://127.0.0.1:1/v1', BATON_MODEL_IDLE_SECONDS: 0 };
  const call = vendorCall(provider as VendorName, { config, env, fetch });
  const error = await call(modelRequest({ model: { provider, model }, messages, tools: TOOLS })).catch(
    (thrown: unknown) => thrown,
  );
  if (body === null) throw error;
  return body;
}

const name = fc.oneof(
  fc.constantFrom(
    ...[
      'read_file',
      'functions.list_files',
      'list_files<|channel|>commentary',
      '',
      '9lives',
      'ein Wort',
      '𝒳.y',
      '-',
      'valueOf',
      '__proto__',
    ],
  ),
  fc.string({ maxLength: 200 }),
);
const id = fc.oneof(
  fc.constantFrom(
    'a',
    'call_1',
    'functions.read_file:0',
    'call00001',
    '',
    'toolu_01|fc_1',
    'x'.repeat(45),
    'y'.repeat(70),
  ),
  fc.string({ maxLength: 200 }),
);
const input = fc.constantFrom<Record<string, Json>>(
  {},
  { path: 'a' },
  { $invalid: '{"path"' },
  { a: ['\0', '\ud800'] },
);
const text = fc.constantFrom('', ' ', '\n', 'A word.', 'ends in blanks  ', 'half \ud83d a pair', 'nul \0');
const by = fc.constantFrom('anthropic', 'openai', 'google', 'compatible', 'scripted', 'gone');

let marks = 0;
const marked = (word: string) => `${word}said${(marks += 1)}.`;

const answer = fc.record({
  text,
  by,
  own: fc.boolean(),
  calls: fc.array(fc.record({ id, name, input }), { maxLength: 3 }),
});
const step = fc.oneof(
  fc.record({ kind: fc.constant('user' as const), text }),
  fc.record({ kind: fc.constant('answer' as const), answer, lose: fc.nat(4), turn: fc.nat(3) }),
  fc.record({ kind: fc.constant('orphan' as const), id, name }),
);

/** The parts that a vendor's client would have kept. */
function nativeOf(said: {
  text: string;
  by: string;
  calls: readonly { id: string; name: string; input: object }[];
}): Json {
  const signature = {
    anthropic: { anthropic: { signature: 'sig' } },
    openai: { openai: { itemId: 'rs_1', reasoningEncryptedContent: 'secret' } },
    google: { google: { thoughtSignature: 'sig' } },
  }[said.by];
  const options = signature === undefined ? {} : { providerOptions: signature };
  const calls = said.calls.map((call) => ({
    ...{ type: 'tool-call', toolCallId: call.id, toolName: call.name, input: call.input },
    ...(said.by === 'google' ? options : {}),
  }));
  const parts = [
    { type: 'reasoning', text: 'I think.', ...options },
    { type: 'text', text: said.text },
    ...calls,
  ];
  return JSON.parse(JSON.stringify(said.text.length % 2 === 0 ? parts : { model: 'gpt-5.4', parts })) as Json;
}

/** Messages as sessions may hold them, and what was said in them. */
function transcriptOf(steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[]): {
  messages: Message[];
  said: string[];
} {
  const messages: Message[] = [];
  const said: string[] = [];
  const mark = (word: string) => {
    said.push(marked(''));
    return `${word}${said.at(-1)}`;
  };
  for (const one of steps) {
    if (one.kind === 'user') {
      messages.push({ role: 'user', text: one.text.trim() === '' ? one.text : mark(one.text) });
    } else if (one.kind === 'orphan') {
      messages.push({
        role: 'tool',
        results: [{ call: one.id, name: one.name, output: mark('o'), isError: false }],
      });
    } else {
      const { calls, by: provider, text: words, own } = one.answer;
      const native = own ? nativeOf(one.answer) : null;
      messages.push({ role: 'assistant', text: words, calls, provider, native });
      const kept = calls.slice(0, one.lose === 0 ? -1 : calls.length);
      const results = kept.map((call, i): ToolMessage => {
        const output = i === 2 ? ' ' : mark('r');
        return { call: call.id, name: call.name, output, isError: i === 1 };
      });
      const turned = one.turn === 1 ? results.toReversed() : results;
      if (one.turn === 2) messages.push({ role: 'user', text: mark('between ') });
      if (turned.length > 0) messages.push({ role: 'tool', results: turned });
    }
  }
  return { messages, said };
}

describe.each(VENDORS)('%s %s', (provider, model, faults) => {
  it('gets what it takes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 9 }), async (steps) => {
        const { messages, said } = transcriptOf(steps);
        const body = await sentTo({ provider, model }, messages);
        expect(faults(body)).toEqual([]);
        const sent = JSON.stringify(body);
        expect(said.filter((words) => !sent.includes(words))).toEqual([]);
      }),
      cases(60),
    );
  });

  it('gets the same again when there is more', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 5 }), async (steps) => {
        const { messages } = transcriptOf(steps);
        const first: Message[] = [...messages, { role: 'user', text: 'Now.' }];
        const more: Message = { role: 'assistant', text: 'Well.', calls: [], provider, native: null };
        const key = provider === 'openai' ? 'input' : provider === 'google' ? 'contents' : 'messages';
        const before = (await sentTo({ provider, model }, first))[key] as unknown[];
        const after = (await sentTo({ provider, model }, [...first, more]))[key] as unknown[];
        const plain = (list: unknown[]) => JSON.stringify(list).replaceAll(/,"cache_control":\{[^}]*\}/g, '');
        expect(plain(after.slice(0, before.length))).toBe(plain(before));
      }),
      cases(20),
    );
  });
});

it('the checks refuse what the vendors refuse', () => {
  const call = (callId: string, called: string) => ({
    id: callId,
    type: 'function',
    function: { name: called, arguments: '{}' },
  });
  const chat = (...messages: unknown[]) => chatFaults({ messages });
  const asked = { role: 'user', content: 'do it' };
  expect(chat(asked)).toEqual([]);
  expect(chat(asked, { role: 'assistant', content: null, tool_calls: [call('a', 'functions.x')] })).toEqual([
    'messages[1]: name "functions.x"',
    'calls ["a"] have no results',
    'the last message is from assistant',
  ]);
  const twice = [
    { role: 'assistant', content: null, tool_calls: [call('a', 'x')] },
    { role: 'tool', tool_call_id: 'a', content: 'r' },
  ];
  expect(chat(asked, ...twice, ...twice)).toEqual(['messages[3]: id "a" again']);
  expect(chat(asked, { role: 'tool', tool_call_id: 'a', content: 'r' })).not.toEqual([]);
});
