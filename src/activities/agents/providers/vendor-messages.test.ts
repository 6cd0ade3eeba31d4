/** What single models want in a transcript; that nothing else is refused: any-transcript.test.ts. */
import type { ModelMessage } from 'ai';
import { describe, expect, it } from 'vitest';
import { modelRequest } from '../../../../test/support/model-request.ts';
import type { Json } from '../../../plan/json.ts';
import type { ModelName } from '../models.ts';
import type { Message } from './provider.ts';
import { vendorMessages } from './vendor-messages.ts';

const call = (id: string, name: string) => ({ id, name, input: {} });
const result = (id: string, name: string) => ({ call: id, name, output: 'r', isError: false });

const messagesFor = (model: ModelName, ...messages: readonly Message[]) =>
  vendorMessages(modelRequest({ model, messages: [{ role: 'user', text: 'do it' }, ...messages] }));

/** What the model gets of an answer with a call, and of its result. */
function exchange(model: string, id: string, name = 'read_file', native: Json | null = null) {
  const said = { text: '', calls: [call(id, name)], provider: 'compatible', native };
  const [, answer, results] = messagesFor(
    { provider: 'compatible', model },
    { role: 'assistant', ...said },
    { role: 'tool', results: [result(id, name)] },
  );
  const firstPart = (message: ModelMessage | undefined) =>
    (
      message?.content as { toolCallId: string; toolName: string; providerOptions?: object }[] | undefined
    )?.[0];
  const [first, last] = [firstPart(answer), firstPart(results)];
  expect([last?.toolCallId, last?.toolName]).toEqual([first?.toolCallId, first?.toolName]);
  return first;
}

describe('names and ids', () => {
  it.each([
    ['some-model', 'call_abc', 'call_abc'],
    ['some-model', 'functions.read_file:0', 'call00001'],
    ['some-model', 'x'.repeat(41), 'call00001'],
    ['mistral-large-latest', 'call_abc', 'call00001'],
    ['mistralai/devstral-small', 'aB3dE6gH9', 'aB3dE6gH9'],
    ['moonshotai/kimi-k2', 'functions.read_file:0', 'functions.read_file:0'],
    ['kimi-k2', 'toolu|1', 'functions.read_file:1'],
  ])('%s gets a call %s as %s', (model, id, expected) => {
    expect(exchange(model, id)?.toolCallId).toBe(expected);
  });

  it.each([
    ['functions.list_files', 'functions_list_files'],
    ['list_files<|channel|>commentary', 'list_files__channel__commentary'],
    ['9lives', '_9lives'],
    ['valueOf', '_valueOf'],
    ['__proto__', '___proto__'],
    ['', 'unnamed'],
    ['ä'.repeat(100), `_${'_'.repeat(63)}`],
  ])('a tool %s is called %s', (name, expected) => {
    expect(exchange('some-model', 'a', name)?.toolName).toBe(expected);
  });
});

it('Mistral hears people only after an answer', () => {
  const messages: Message[] = [
    { role: 'assistant', text: '', calls: [call('a', 'read_file')], provider: 'compatible', native: null },
    { role: 'tool', results: [result('a', 'read_file')] },
    { role: 'user', text: 'Hurry.' },
  ];
  const roles = (model: string) =>
    messagesFor({ provider: 'compatible', model }, ...messages).map(({ role }) => role);
  expect(roles('some-model')).toEqual(['user', 'assistant', 'tool', 'user']);
  expect(roles('codestral')).toEqual(['user', 'assistant', 'tool', 'assistant', 'user']);
});

describe("the vendor's own form of an answer", () => {
  const parts = (signature: object) => [
    { type: 'reasoning', text: 'Hm.', ...signature },
    { type: 'tool-call', toolCallId: 'a', toolName: 'read_file', input: {}, ...signature },
  ];
  const typesFor = (model: ModelName, provider: string, native: unknown) => {
    const said = { text: '', calls: [call('a', 'read_file')], provider, native: native as Json };
    const content = messagesFor(model, { role: 'assistant', ...said })[1]?.content as { type: string }[];
    return content.map(({ type }) => type);
  };
  const OWN = ['reasoning', 'tool-call'];
  const PLAIN = ['tool-call'];

  it.each([
    ['the same model', 'openai', 'gpt-5.4', 'openai', 'gpt-5.4', OWN],
    ['another model of OpenAI', 'openai', 'gpt-5.2', 'openai', 'gpt-5.4', PLAIN],
    ['another model of Anthropic', 'anthropic', 'claude-opus-5', 'anthropic', 'claude-sonnet-5', OWN],
    ['another vendor', 'anthropic', 'x', 'openai', 'x', PLAIN],
    ['another model of a compatible server', 'compatible', 'b', 'compatible', 'a', PLAIN],
  ] as const)('goes to %s or not', (_, provider, model, by, byModel, expected) => {
    expect(typesFor({ provider, model }, by, { model: byModel, parts: parts({}) })).toEqual(expected);
  });

  it('as it was kept before goes to its vendor; one that fits its calls no more to nobody', () => {
    expect(typesFor({ provider: 'compatible', model: 'b' }, 'compatible', parts({}))).toEqual(OWN);
    expect(typesFor({ provider: 'compatible', model: 'b' }, 'compatible', [])).toEqual(PLAIN);
    expect(typesFor({ provider: 'compatible', model: 'b' }, 'compatible', parts({}).slice(0, 1))).toEqual(
      PLAIN,
    );
  });

  it("gives Gemini its signatures behind other vendors' servers too, and says where there is none", () => {
    const signed = parts({ providerOptions: { compatible: { thoughtSignature: 'sig' } } });
    const native = { model: 'google/gemini-3-pro', parts: signed } as unknown as Json;
    const google = (thoughtSignature: string) =>
      expect.objectContaining({ google: { thoughtSignature } }) as object;
    const content = messagesFor(
      { provider: 'compatible', model: 'google/gemini-3-pro' },
      { role: 'assistant', text: '', calls: [call('a', 'read_file')], provider: 'compatible', native },
    )[1]?.content as { providerOptions?: object }[];
    expect(content[1]?.providerOptions).toEqual(google('sig'));
    expect(exchange('google/gemini-3-pro', 'a')?.providerOptions).toEqual(
      google('skip_thought_signature_validator'),
    );
  });
});
