/** What every store of streams has to give to the readers of `/runs/:id/stream`: Baton whole, on that store. */
import { describe, expect, test } from 'vitest';
import { readSecrets } from '../../src/activities/secrets.ts';
import { createLogger } from '../../src/log/log.ts';
import { openStreamer } from '../../src/streaming/open-streamer.ts';
import { afterFile } from './after-file.ts';
import { startBaton } from './baton.ts';
import { startFakeOpenAi } from './fake-openai.ts';
import { Gate } from './gate.ts';
import { until } from './index.ts';
import { followStream } from './stream-reader.ts';

type Answer = NonNullable<NonNullable<Parameters<typeof startFakeOpenAi>[0]>['answer']>;

const WORDS = ['Once ', 'upon ', 'a ', 'time ', 'there ', 'was.'];
const STORY = WORDS.join('');

async function queriesOf(api: string): Promise<number> {
  const text = await (await fetch(`${api}/metrics`)).text();
  return Number(/^baton_api_query_seconds_count\{result="ok"\} (\d+)/m.exec(text)?.[1]);
}

/** Declares the tests. @param environment chooses the store */
export async function testRunStream(name: string, environment: Record<string, string> = {}): Promise<void> {
  const models: Record<string, Answer> = {};
  const vendor = await startFakeOpenAi({ answer: (request, n) => models[request.model]?.(request, n) ?? {} });
  afterFile(() => vendor.stop());
  const baton = await startBaton({
    BATON_COMPATIBLE_BASE_URL: vendor.url,
    BATON_ALLOW_PRIVATE_NETWORK: '1',
    ...environment,
  });
  const other = await baton.startApi();

  async function startAgent(model: string, more = ''): Promise<string> {
    const step = `{ key: work, agent: plan, prompt: Work, model: compatible/${model}${more} }`;
    await baton.publish(`name: ${model}\nversion: 1.0.0\nsteps:\n  - ${step}\n`);
    return (await baton.start({ workflow: model, inputs: {} })).id;
  }

  describe(`the stream of a run, ${name}`, () => {
    test('tells the answer while it comes, to all who read, and ends with the stored message', async () => {
      const gate = new Gate();
      models['tale'] = () => ({ chunks: WORDS, gate: gate.wait });
      const id = await startAgent('tale');
      const early = await followStream(baton.url, id);
      gate.open(2);
      await until(() => early.text() === 'Once upon ');
      expect((await baton.run(id)).status).toBe('running');

      const late = await followStream(baton.url, id);
      await until(() => late.text() === 'Once upon ');
      gate.open(3);
      await until(() => early.text() === 'Once upon a ');
      const half = early.pieces[0]!;
      const known = half.offset + half.content.length;
      const resumed = await followStream(baton.url, id, '', { 'last-event-id': String(half.id) });
      const elsewhere = await followStream(other.url, id, `?after=${half.id}&step=work&turn=1`);
      const foreign = await followStream(baton.url, id, '?turn=2');
      gate.open();
      await Promise.all([early, late, resumed, elsewhere, foreign].map(({ ended }) => ended));

      expect(early.text()).toBe(STORY);
      expect(late.pieces).toEqual(early.pieces);
      const rest = early.pieces.filter((piece) => piece.id > half.id);
      expect(rest[0]?.offset).toBe(known);
      expect(resumed.pieces).toEqual(rest);
      expect(elsewhere.pieces).toEqual(rest);
      expect(foreign.pieces).toEqual([]);
      const last = early.pieces.at(-1)!;
      expect(last).toMatchObject({ type: 'end', content: '', offset: STORY.length, step: 'work', turn: 1 });
      const { message } = last;
      const transcript = await baton.call<{ items: { hash: string; role: string; content: object }[] }>(
        'GET',
        `/sessions/${message?.session_id}/messages?head=${message?.head}`,
      );
      expect(transcript.body.items.at(-1)).toMatchObject({
        ...{ hash: message?.head, role: 'assistant' },
        content: { text: STORY },
      });
      const over = await followStream(baton.url, id, '', { 'last-event-id': String(last.id) });
      expect(over.status).toBe(204);
    });

    test('says that what came is void when the call is tried again', async () => {
      const gate = new Gate();
      const again = new Gate();
      let calls = 0;
      models['moody'] = () =>
        ++calls === 1
          ? { chunks: ['False ', 'start'], streamError: 'server_error', gate: gate.wait }
          : { chunks: WORDS, gate: again.wait };
      const id = await startAgent('moody', ', retry: { attempts: 2, initial: 10ms }');
      const reader = await followStream(baton.url, id);
      gate.open(2);
      await until(() => reader.text() === 'False start');
      gate.open();
      await until(() => reader.pieces.some(({ type }) => type === 'reset'));
      expect(reader.text()).toBe('');
      again.open(1);
      await until(() => reader.text() === WORDS[0]);
      const late = await followStream(baton.url, id);
      await until(() => late.text() === WORDS[0]);
      again.open();
      await Promise.all([reader.ended, late.ended]);
      expect(reader.text()).toBe(STORY);
      expect(late.pieces).toEqual(
        reader.pieces.slice(reader.pieces.findIndex(({ type }) => type === 'reset')),
      );
      expect(reader.pieces.filter(({ type }) => type === 'reset')).toMatchObject([{ attempt: 2, turn: 1 }]);
      expect(reader.pieces.at(-1)).toMatchObject({ type: 'end', attempt: 2 });
    });

    test('does not ask the tables for the run at each piece', async () => {
      const gate = new Gate();
      models['talker'] = () => ({ chunks: WORDS, gate: gate.wait });
      const id = await startAgent('talker');
      const api = await baton.startApi();
      const reader = await followStream(api.url, id);
      const streamer = openStreamer(baton.config, baton.database, createLogger('test', 'silent'));
      const call = streamer.begin({ runId: id, step: 'other', attempt: 1, turn: 1 }, readSecrets({}));
      const before = await queriesOf(api.url);
      for (let told = 1; told <= 60; told++) {
        call.push('word ');
        await until(() => reader.pieces.length === told);
      }
      expect((await queriesOf(api.url)) - before).toBeLessThan(30);
      gate.open();
      await reader.ended;
      await streamer.close();
    });

    test('is refused with a reason', async () => {
      const codeOf = async (path: string, headers = {}) => {
        const answer = await baton.call<{ code: string }>('GET', path, undefined, headers);
        return `${answer.status} ${answer.body.code}`;
      };
      expect(await codeOf('/runs/nobody/stream')).toBe('404 run_not_found');
      expect(await codeOf('/runs/nobody/stream?after=-1')).toBe('400 invalid_request');
      expect(await codeOf('/runs/nobody/stream?turn=x')).toBe('400 invalid_request');
      expect(await codeOf('/runs/nobody/stream?stepp=x')).toBe('400 invalid_request');
      const id = await startAgent('plain');
      await baton.finished(id);
      expect(await codeOf(`/runs/${id}/stream`, { 'last-event-id': 'x' })).toBe('400 invalid_request');
    });
  });
}
