/** What goes wrong around agents, end to end: vendors, tool calls, questions and requests. Nothing ends in a stuck run. */
import { describe, expect, test } from 'vitest';
import { verifyRun } from '../src/projections/index.ts';
import { afterFile } from './support/after-file.ts';
import { startBaton } from './support/baton.ts';
import type { RunNow } from '../src/contract/run.ts';
import { byModel, startFakeOpenAi } from './support/fake-openai.ts';
import type { AnswersByModel, FakeAnswer, FakeRequest as Asked } from './support/fake-openai.ts';
import { until } from './support/index.ts';
import type { ModelCall } from '../src/contract/call.ts';

const USAGE = { input: 50, output: 5 };
const OK = { reply: 'done', usage: USAGE };

/** What the vendor does for each model. */
const models: AnswersByModel = {};
const vendor = await startFakeOpenAi({ answer: byModel(models, OK) });
afterFile(() => vendor.stop());
/** How often a model was asked. */
const askedFor = (model: string) => vendor.requests.filter((request) => request.model === model).length;
const baton = await startBaton({
  BATON_COMPATIBLE_BASE_URL: vendor.url,
  BATON_MODEL: 'compatible/usual',
  BATON_ALLOW_PRIVATE_NETWORK: '1',
  BATON_ALLOW_COMMANDS: '1',
});

const get = baton.items;
const callsOf = (id: string) => get<ModelCall>(`/runs/${id}/calls?limit=200`);
const threadOf = async (id: string) =>
  (await get<{ content: string }>(`/runs/${id}/messages?limit=200`)).map(({ content }) => content);
const contentOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
/** What tools answered to the model, in the order of its calls. */
const toolAnswers = ({ messages }: Asked) =>
  messages.filter(({ role }) => role === 'tool').map(({ content }) => contentOf(content));

async function startAgent(name: string, step: string, more = ''): Promise<string> {
  await baton.publish(
    `name: ${name}\nversion: 1.0.0\n${more}\nsteps:\n  - { key: work, agent: plan, prompt: Work, ${step} }\n`,
  );
  return (await baton.start({ workflow: name, inputs: {} })).id;
}

/** The run's end, with what must hold of every run: figures are sums of calls, and nothing was mispredicted. */
async function ended(id: string): Promise<{ run: RunNow; calls: readonly ModelCall[]; thread: string }> {
  const run = await baton.finished(id);
  const calls = await callsOf(id);
  expect(run.diverged).toBeNull();
  expect(run.total_tokens).toBe(calls.reduce((sum, call) => sum + (call.total_tokens ?? 0), 0));
  expect(calls.filter(({ status }) => status === 'running')).toEqual([]);
  return { run, calls, thread: (await threadOf(id)).join('\n') };
}

const TWICE = 'retry: { attempts: 2, initial: 10ms }';

describe('a vendor', () => {
  test.concurrent.each<[string, FakeAnswer, string, string, string, number]>([
    ['answers-401', { status: 401 }, '', 'model_unauthorized', '401', 1],
    ['answers-404', { status: 404 }, '', 'model_unknown', '404', 1],
    ['answers-429', { status: 429, retryAfter: '1' }, TWICE, 'model_rate_limited', '429', 2],
    ['answers-500', { status: 500 }, TWICE, 'model_error', '500', 2],
    ['answers-garbage', { garbage: '<html>Bad gateway</html>' }, TWICE, 'model_error', 'ended without', 2],
    ['answers-nothing', { reply: '', usage: USAGE }, TWICE, 'model_error', 'empty text', 2],
    ['breaks-off', { ...OK, half: 'reset' }, TWICE, 'model_error', '', 2],
    ['ends-half-way', { ...OK, half: 'end' }, TWICE, 'model_error', 'without a finish reason', 2],
    ['fails-in-its-stream', { ...OK, streamError: 'server_error' }, TWICE, 'model_error', '', 2],
    ['withholds', { ...OK, finishReason: 'content_filter' }, TWICE, 'model_refused', 'filter', 1],
    ['refuses', { ...OK, refusal: 'I will not.' }, TWICE, 'model_refused', 'I will not.', 1],
    ['has-no-credit', { status: 429, code: 'insufficient_quota' }, TWICE, 'model_unauthorized', '429', 1],
    ['takes-less', { status: 400, code: 'context_length_exceeded' }, TWICE, 'prompt_too_large', '400', 1],
    ['hangs', { ...OK, delayMs: 600_000 }, 'timeout: 20s, retry: 1', 'timeout', '', 1],
  ])('%s', async (model, answer, step, code, words, calls) => {
    models[model] = () => answer;
    const id = await startAgent(`vendor-${model}`, `model: compatible/${model}${step && `, ${step}`}`);
    const end = await ended(id);
    expect(end.run).toMatchObject({
      ...{ status: 'failed', terminal_reason: 'failed', turns: end.calls.filter(isCounted).length },
      error: { type: code, step: 'work', message: expect.stringContaining(words) as string },
    });
    expect(end.calls).toMatchObject(
      Array.from({ length: calls }, () => ({ status: 'failed', turn: 1, error: { type: code } })),
    );
    expect(end.calls.every((call) => call.requested_model === model)).toBe(true);
    const { error } = (await baton.steps(id))['work'] ?? {};
    expect(end.thread).toContain(`plan agent failed: ${error?.message}`);
    expect(askedFor(model)).toBe(calls);
  });

  const isCounted = ({ total_tokens: tokens }: ModelCall) => tokens !== null;

  test.concurrent('that says what a withheld answer consumed has it counted', async () => {
    models['counts'] = () => ({ ...OK, finishReason: 'content_filter' });
    const { run, calls } = await ended(await startAgent('counts', 'model: compatible/counts'));
    expect(run).toMatchObject({ status: 'failed', total_tokens: 55, turns: 1 });
    expect(calls).toMatchObject([{ status: 'failed', total_tokens: 55 }]);
  });

  test.concurrent('whose figures do not add up, or that tells none, is counted as it says in all', async () => {
    const apart = { prompt_tokens: 32, completion_tokens: 9, total_tokens: 135 };
    const rawUsage = { ...apart, completion_tokens_details: { reasoning_tokens: 94 } };
    const LIST = { toolCalls: [{ name: 'list_files', arguments: {} }], rawUsage };
    models['thinks'] = (_, n) => (n === 1 ? LIST : { reply: 'done' });
    const id = await startAgent('thinks', 'model: compatible/thinks, tools: [list_files]', 'workspace: {}');
    const { run, calls } = await ended(id);
    expect(run).toMatchObject({ status: 'completed', turns: 2, total_tokens: 135, cost_estimate: null });
    expect(calls).toMatchObject([
      { input_tokens: 32, output_tokens: 103, total_tokens: 135, usage_note: 'reasoning_added' },
      { input_tokens: null, output_tokens: null, total_tokens: 0, usage_note: 'untold' },
    ]);
    expect(await verifyRun(baton.database, id)).toMatchObject({ ok: true });
  });

  test.concurrent('that refuses connections for a while costs no retry', async () => {
    models['away'] = (_, n) => (n <= 2 ? { reset: true } : OK);
    const { run, calls } = await ended(await startAgent('away', 'model: compatible/away, retry: 1'));
    expect(run).toMatchObject({ status: 'completed', output: 'done', turns: 1, total_tokens: 55 });
    expect(calls.map(({ status, error }) => error?.type ?? status)).toEqual([
      ...['connection_refused', 'connection_refused', 'completed'],
    ]);
  });

  test.concurrent('that fails once in the middle of the work does not end it', async () => {
    const LIST = { toolCalls: [{ name: 'list_files', arguments: {} }], usage: USAGE };
    models['moody'] = (_, n) => {
      if (n === 3) return { status: 429, retryAfter: '1' };
      return n < 6 ? LIST : OK;
    };
    const id = await startAgent('moody', 'model: compatible/moody, tools: [list_files]', 'workspace: {}');
    const { run, calls, thread } = await ended(id);
    expect(run).toMatchObject({ status: 'completed', turns: 5, total_tokens: 5 * 55 });
    expect(calls.map(({ turn, status }) => `${turn} ${status}`)).toEqual([
      ...['1 completed', '2 completed', '3 failed', '3 completed', '4 completed', '5 completed'],
    ]);
    expect(thread).toContain('429');
    const waits = await get<{ data: { delay_ms?: number } }>(`/runs/${id}/events?type=error&limit=50`);
    expect(waits.map(({ data }) => data.delay_ms)).toEqual([expect.any(Number)]);
    expect(waits[0]?.data.delay_ms).toBeGreaterThanOrEqual(1_000);
  });

  test.concurrent('that fails is replaced by the fallback models in their order, and the thread says why', async () => {
    models['first'] = () => ({ status: 401 });
    models['second'] = () => ({ status: 400, code: 'context_length_exceeded' });
    const id = await startAgent(
      'fallback-models',
      'model: compatible/first, fallback_models: [compatible/second, compatible/third], retry: 1',
    );
    const { run, calls, thread } = await ended(id);
    expect(run).toMatchObject({ status: 'completed', output: 'done' });
    expect(calls.map((call) => [call.requested_model, call.error?.type ?? call.status])).toEqual([
      ['first', 'model_unauthorized'],
      ['second', 'prompt_too_large'],
      ['third', 'completed'],
    ]);
    expect(thread).toMatch(/Model compatible\/first failed \(.*401.*\); trying compatible\/second/);
    expect(thread).toMatch(/Model compatible\/second failed \(.*400.*\); trying compatible\/third/);
  });

  test.concurrent('whose answers never fit the schema ends the step, whatever the retries', async () => {
    models['freestyle'] = () => ({ reply: 'As you wish!', usage: USAGE });
    const { run, calls, thread } = await ended(
      await startAgent('freestyle', 'model: compatible/freestyle, output_schema: { type: object }'),
    );
    expect(run).toMatchObject({ status: 'failed', error: { type: 'model_output_invalid' }, turns: 4 });
    expect(calls).toHaveLength(4);
    expect(thread).toContain('Asked again: the answer does not fit its schema');
  });
});

describe('a call of a tool', () => {
  const run = (argv: readonly string[], timeout_seconds = 60) => ({
    name: 'run_command',
    arguments: { argv, timeout_seconds },
  });
  const flood = (stream: string) =>
    `const b = "x".repeat(1e6) + "\\n"; let n = 0; const w = () => { while (n++ < 200) if (!process.${stream}.write(b)) return process.${stream}.once("drain", w); }; w()`;
  const CALLS: readonly [{ readonly name: string; readonly arguments?: unknown }, RegExp, RegExp][] = [
    [{ name: 'read_file', arguments: { file: 'a' } }, /arguments of read_file are wrong/, /read_file failed/],
    [{ name: 'launch_rocket', arguments: {} }, /no tool \\?"launch_rocket/, /no tool "launch_rocket/],
    [{ name: 'read_file', arguments: '{"path": ' }, /arguments of read_file are wrong/, /read_file failed/],
    [{ name: 'read_file', arguments: { path: '../../home-id' } }, /leads out/, /leads out/],
    [{ name: 'write_file', arguments: { path: '/tmp/x', content: 'x' } }, /absolute path/, /absolute path/],
    [run(['ln', '-s', '/etc', 'leak']), /exit code 0/, /ln -s \/etc leak: PASSED/],
    [{ name: 'read_file', arguments: { path: 'leak/passwd' } }, /leads out/, /leads out/],
    [{ name: 'write_file', arguments: { path: 'leak/x', content: 'x' } }, /leads out/, /leads out/],
    [run(['sleep', '600'], 1), /stopped after 1 s/, /sleep 600: FAILED \(stopped after 1 s\)/],
    [run(['no-such-program']), /no program/, /no program/],
    [
      { name: 'run_command', arguments: { argv: ['node', '-e', flood('stdout')], purpose: 'Flood' } },
      /exit code 0[^]*left out|exit code 0[^]*…|exit code 0[^]*cut/,
      /Flood: PASSED/,
    ],
    [{ name: 'run_command', arguments: { argv: ['node', '-e', flood('stderr')] } }, /exit code 0/, /PASSED/],
  ];

  test('that goes wrong is answered to the model, and the work goes on', async () => {
    const answers: string[][] = [];
    models['clumsy'] = (request, n) => {
      if (n === 1) return { toolCalls: CALLS.map(([call]) => call), usage: USAGE };
      answers.push(toolAnswers(request));
      return OK;
    };
    const tools = 'tools: [read_file, write_file, run_command]';
    const id = await startAgent('clumsy', `model: compatible/clumsy, ${tools}`, 'workspace: {}');
    const { run: end, calls } = await ended(id);
    expect(end).toMatchObject({ status: 'completed', output: 'done', turns: 2 });
    expect(calls).toHaveLength(2);
    expect(answers[0]).toHaveLength(CALLS.length);
    CALLS.forEach(([, expected], i) => expect(answers[0]?.[i]).toMatch(expected));
    for (const text of answers[0] ?? []) expect(text.length).toBeLessThan(70_000);
    const responses = await get<{ data: { index: number; comment: string } }>(
      `/runs/${id}/events?type=tool_response&limit=100`,
    );
    const thread = await threadOf(id);
    CALLS.forEach(([, , comment], i) => {
      const said = responses.find(({ data }) => data.index === i)?.data.comment;
      expect(said).toMatch(comment);
      expect(thread).toContain(said);
    });
  });
});

test('tools that a model invents, under ids that no vendor takes twice, are answered and never held against it', async () => {
  const answers: string[][] = [];
  models['inventive'] = (request, n) => {
    answers.push(toolAnswers(request));
    const names = ['functions.list_files', 'list_files<|channel|>commentary'];
    const calls = names.map((name, i) => ({ id: i === 0 ? 'again' : 'x'.repeat(60), name }));
    return n < 3 ? { toolCalls: calls, usage: USAGE } : OK;
  };
  const id = await startAgent(
    'inventive',
    'model: compatible/inventive, tools: [list_files]',
    'workspace: {}',
  );
  expect((await ended(id)).run).toMatchObject({ status: 'completed', output: 'done', turns: 3 });
  const told = [/no tool "functions\.list_files"\. Your tools: list_files/, /no tool "list_files<\|channel/];
  expect(answers[2]).toEqual([...told, ...told].map((words) => expect.stringMatching(words) as string));
});

describe('a question of an agent', () => {
  const asking = (form: unknown) => ({
    toolCalls: [{ name: 'ask_user', arguments: { question: 'Which?', form } }],
    usage: USAGE,
  });
  const FORMS: readonly [unknown, RegExp][] = [
    [{ type: 'strng' }, /must be one of string/],
    [{ type: 'string', pattern: '^(?=a)b$' }, /looks ahead/],
    [{ $ref: 'https://example.com/form.json' }, /its own parts only/],
    [{ properties: { next: { $ref: '#' } } }, /refers to itself/],
    [{ enum: Array.from({ length: 10_000 }, (_, i) => `choice ${i}`) }, /more briefly/],
    ['a text', /form/],
  ];

  test('with a form that cannot be used asks nobody; an answer that takes too long to judge is refused', async () => {
    let told: string[] = [];
    models['curious'] = (request, n) => {
      if (n <= FORMS.length) return asking(FORMS[n - 1]?.[0]);
      told = toolAnswers(request);
      return n === FORMS.length + 1 ? asking({ type: 'string', pattern: 'a*a*b' }) : OK;
    };
    const id = await startAgent('curious', 'model: compatible/curious, tools: [ask_user]');
    const [question] = await until(async () => {
      const open = await get<{ id: string }>(`/runs/${id}/questions?status=open`);
      return open.length > 0 && open;
    });
    FORMS.forEach(([, reason], i) => expect(told[i]).toMatch(reason));

    const slow = { question: question?.id, answer: 'a'.repeat(60_000), by: 'eva' };
    const refused = await baton.call<{ code: string }>('POST', `/runs/${id}/answers`, slow);
    expect(refused).toMatchObject({ status: 400, body: { code: 'answer_invalid' } });
    const right = await baton.call('POST', `/runs/${id}/answers`, { ...slow, answer: 'aab' });
    expect(right.status).toBeLessThan(300);
    const { run } = await ended(id);
    expect(run).toMatchObject({ status: 'completed', turns: FORMS.length + 2 });
    expect(told.at(-1)).toContain('aab');
  });
});

describe('a request', () => {
  const codeOf = async (method: string, path: string, body: unknown) => {
    const answer = await baton.call<{ code: string; detail: string }>(method, path, body);
    return `${answer.status} ${answer.body.code}`;
  };

  test('to go on with a session of another run, or with a run at work, is refused; both are unharmed', async () => {
    const other = await ended(await startAgent('other', 'model: compatible/usual'));
    let go = (): void => {};
    const gate = new Promise<void>((resolve) => (go = resolve));
    models['slow'] = () => gate.then(() => OK);
    const id = await startAgent('slow', 'model: compatible/slow');
    await until(() => askedFor('slow') === 1);
    expect(await codeOf('POST', `/runs/${id}/continue`, { additional_turns: 5 })).toBe(
      '409 run_still_working',
    );
    go();
    await ended(id);
    expect(await codeOf('POST', `/runs/${id}/continue`, { session_id: other.run.session_id })).toBe(
      '409 session_of_another_run',
    );
    expect(await codeOf('POST', `/runs/${id}/continue`, { session_id: 'ses_none' })).toBe(
      '404 session_not_found',
    );
    expect(await baton.run(id)).toMatchObject({ status: 'completed', turns: 1 });
    expect(await baton.run(other.run.id)).toMatchObject({ status: 'completed', turns: 1 });
  });

  test.each([
    ['agent', 'agent: wizard, prompt: p', 'agent_unknown'],
    ['tool', 'agent: plan, prompt: p, tools: [teleport]', 'tool_unknown'],
    ['provider', 'agent: plan, prompt: p, model: acme/x', 'model_provider_unknown'],
    ['form of a model', 'agent: plan, prompt: p, model: gpt', 'model_invalid'],
  ])('to publish an unknown %s names the place', async (_, step, code) => {
    const text = `name: unknown\nversion: 1.0.0\nworkspace: {}\nsteps:\n  - { key: a, ${step} }\n`;
    const answer = await baton.call<{ errors: object[] }>('POST', '/workflows', text);
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toMatchObject([{ code, line: 5, message: expect.any(String) as string }]);
  });
});
