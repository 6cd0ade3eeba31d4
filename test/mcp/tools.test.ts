/** Every tool does what it says on a real run, over both transports, and its answer fits the schema that it is listed with. */
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AuditRecord } from '../../src/contract/audit.ts';
import type { RunMessage } from '../../src/contract/message.ts';
import { SCOPES } from '../../src/mcp/scope.ts';
import { TOOLS } from '../../src/mcp/tools/index.ts';
import { until } from '../support/index.ts';
import { ask, call, connected, DEFINITION, problemOf, startServed, textOf, TRANSPORTS } from './clients.ts';

const baton = await startServed();

interface Told {
  readonly run: { readonly id: string; readonly status: string };
}

describe.each(TRANSPORTS)('over %s', (transport) => {
  let client: Client;
  let id = '';
  /** By the tools that were called. */
  const called = new Set<string>();
  const to = <T = Record<string, unknown>>(name: string, args: Record<string, unknown> = {}): Promise<T> => {
    called.add(name);
    return ask<T>(client, name, args);
  };
  const refused = async (name: string, args: Record<string, unknown>) =>
    problemOf(await call(client, name, args));
  const stepIs = (key: string, status: string) =>
    until(async () => (await baton.steps(id))[key]?.status === status);

  beforeAll(async () => {
    client = await connected(baton, transport, { name: `tester-${transport}` });
  });

  it('lists all tools, against whose schemas the client holds answers from then on', async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(TOOLS.map(({ name }) => name));
  });

  it('finds, checks and publishes definitions', async () => {
    const { items } = await to<{ items: { name: string }[] }>('list_workflows', { search: 'serv' });
    expect(items.map(({ name }) => name)).toEqual(['served']);
    const whole = await to<{ source: string; selected: { inputs: object } }>('get_workflow', {
      ...{ name: 'served', source: true },
    });
    expect(whole.selected.inputs).toHaveProperty('what');
    expect(whole.source).toBe(DEFINITION());
    const faults = await to<{ valid: boolean; errors: { line: number }[] }>('validate_workflow', {
      definition: 'name: x\nversion: 1.0.0\nsteps: [{ key: a, agnt: b }]',
    });
    expect(faults).toMatchObject({ valid: false });
    expect(faults.errors[0]?.line).toBe(3);
    const definition = `name: once-${transport}\nversion: 1.0.0\nsteps: [{ key: a, transform: "1" }]`;
    expect(await to('publish_workflow', { definition })).toMatchObject({ version: '1.0.0' });
    expect(await refused('publish_workflow', { definition: 'name: x' })).toMatchObject({
      code: 'definition_invalid',
    });
    const name = `once-${transport}`;
    expect(await to('archive_workflow', { name })).toMatchObject({ archived_at: expect.any(String) });
    expect(await to('archive_workflow', { name, archived: false })).toMatchObject({ archived_at: null });
  });

  it('starts a run and waits until it asks somebody', async () => {
    const { run } = await to<Told>('run_workflow', {
      ...{ workflow: 'served', inputs: { what: 'a poem' }, labels: { by: transport }, wait_seconds: 40 },
    });
    id = run.id;
    expect(run).toMatchObject({ status: 'running', waiting_for: [{ kind: 'question', step: 'ask' }] });
    await stepIs('draft', 'completed');
  });

  it('tells how it stands, and why', async () => {
    const list = await call(client, 'list_runs', { filter: `label:by=${transport}`, count: true });
    called.add('list_runs');
    expect(list.structuredContent).toMatchObject({ count: 1, runs: [{ id }] });
    expect(textOf(list)).toMatch(new RegExp(`^1 in all\n${id} of served: running, `));
    expect(await to('get_workflow_status', { run: id })).toMatchObject({
      ...{ run: { id, steps: { total: 4, settled: 1 } }, more_steps: 0 },
      steps_by_status: { completed: 1, waiting: 1, pending: 2 },
    });
    expect(await to('get_step', { run: id, step: 'draft' })).toMatchObject({ status: 'completed', turns: 1 });
    expect(await to('why_step', { run: id, step: 'polish' })).toMatchObject({
      waits_for: [{ for: 'dependencies', steps: [{ key: 'ask' }] }],
    });
    expect(await to('list_filter_values', { field: 'workflow' })).toHaveProperty('items');
    expect(await to('wait_for_run', { run: id, seconds: 0 })).toMatchObject({ run: { id } });
  });

  it('tells what happened, and what was given and came of it', async () => {
    const { items } = await to<{ items: { seq: number; type: string }[] }>('list_events', {
      ...{ run: id, step: 'draft', limit: 5 },
    });
    expect(items[0]?.seq).toBeGreaterThan(items[1]?.seq ?? Infinity);
    const seq = items[0]?.seq;
    const causes = await to<{ items: object[] }>('list_causes', { run: id, seq });
    expect(causes.items[0]).toMatchObject({ seq });
    expect(causes.items.at(-1)).toMatchObject({ type: 'workflow_start' });
    expect(await to('get_output', { run: id, step: 'draft' })).toMatchObject({ whole: true });
    expect(await refused('get_output', { run: id })).toMatchObject({ code: 'output_not_found' });
    expect(await refused('get_output', {})).toMatchObject({ code: 'invalid_request' });
    expect(await to('get_step_input', { run: id, step: 'draft' })).toMatchObject({
      given: { prompt: 'Write a poem' },
    });
    expect(await to('get_run_definition', { run: id })).toMatchObject({ revision: 0, source: DEFINITION() });
    expect(await to('list_model_calls', { run: id })).toMatchObject({ totals: { calls: 1 } });
    const { session_id: session } = await to<{ session_id: string }>('get_step', { run: id, step: 'draft' });
    const { items: said } = await to<{ items: { role: string }[] }>('read_transcript', { session });
    expect(said.map(({ role }) => role)).toContain('assistant');
  });

  it('takes part in the conversation, in the name of the client', async () => {
    expect(await to('send_message', { run: id, content: 'Looks good.' })).toMatchObject({ done: true });
    const sent = {
      run: id,
      content: 'Rhyme.',
      kind: 'instruction',
      target: 'polish',
      by: 'ann',
      id: `r-${transport}`,
    };
    expect(await to('send_message', sent)).toMatchObject({ message_id: `r-${transport}` });
    await to('send_message', sent);
    const { messages } = await to<{ messages: RunMessage[] }>('list_messages', { run: id, from: 'user' });
    expect(messages.map(({ author, content }) => `${author}: ${content}`)).toEqual([
      'ann: Rhyme.',
      `tester-${transport}: Looks good.`,
    ]);
    expect(await to('withdraw_message', { run: id, message: `r-${transport}` })).toMatchObject({
      done: true,
    });
  });

  it('holds and steers it', async () => {
    expect(await to('pause_run', { run: id, reason: 'wait' })).toMatchObject({ run: { is_paused: true } });
    expect(await to('resume_run', { run: id })).toMatchObject({ run: { is_paused: false } });
    expect(await to('set_limits', { run: id, max_turns: 50 })).toMatchObject({ done: true });
    expect(await to('steer_step', { run: id, step: 'ship', action: 'hold' })).toMatchObject({ done: true });
    expect(await to('steer_step', { run: id, step: 'ship', action: 'release' })).toMatchObject({
      done: true,
    });
    expect(await refused('steer_step', { run: id, step: 'ship', action: 'retry' })).toMatchObject({
      code: 'command_refused',
    });
    const value = await refused('steer_step', { run: id, step: 'ship', action: 'hold', value: 1 });
    expect(value).toMatchObject({ code: 'invalid_request', errors: [{ path: 'value' }] });
  });

  it('foretells an edit, and makes the one that was foretold', async () => {
    const edits = [{ op: 'INSERT', step: { key: 'extra', transform: '1' }, after: 'ask' }];
    const preview = await to<{ revision: number }>('preview_edit', { run: id, edits });
    expect(preview).toMatchObject({ added: ['extra'], faults: [], applied: false });
    expect((await baton.steps(id))['extra']).toBeUndefined();
    const edit = { run: id, edits, expected_revision: preview.revision, reason: 'more' };
    expect(await to('apply_edit', edit)).toMatchObject({ applied: true });
    const late = { ...edit, edits: [{ op: 'DELETE', step: 'ship' }] };
    expect(await refused('apply_edit', late)).toMatchObject({ code: 'stale_revision' });
    expect(await to('list_edits', { run: id })).toMatchObject({
      items: [{ revision: 1, reason: 'more' }, {}],
    });
  });

  it('answers its question, and the run ends', async () => {
    await to('label_checkpoint', { run: id, label: `before-${transport}` });
    const { questions } = await to<{ questions: { id: string; run_id: string }[] }>('list_questions');
    const own = questions.filter((question) => question.run_id === id);
    expect(await to('list_questions', { run: id })).toMatchObject({ questions: own });
    const question = own[0]?.id ?? '';
    expect(
      await refused('answer_question', { run: id, question, answer: { approved: 'maybe' } }),
    ).toMatchObject({
      code: 'answer_invalid',
    });
    await to('answer_question', { run: id, question, answer: { approved: true } });
    await baton.finished(id);
    expect(await to('wait_for_run', { run: id })).toMatchObject({ run: { status: 'completed' } });
    expect(await to('get_output', { run: id })).toHaveProperty('value');
  });

  it('goes back, forks, repeats, gives another task, and ends', async () => {
    const { items } = await to<{ items: { number: number }[] }>('list_checkpoints', { run: id });
    const checkpoint = `before-${transport}`;
    expect(items.length).toBeGreaterThan(1);
    expect(await to('get_checkpoint', { run: id, checkpoint })).toMatchObject({ label: checkpoint });
    expect(await to('restore_run', { run: id, checkpoint, dry_run: true })).toMatchObject({ dry_run: true });
    const { runs } = await to<{ runs: { run: { id: string } }[] }>('fork_run', { run: id, checkpoint });
    const fork = runs[0]?.run.id ?? '';
    expect(await to('fork_run', { run: id, checkpoint, dry_run: true })).toHaveProperty('forks');
    expect(await to('compare_runs', { run: id, other: fork })).toHaveProperty('steps');
    expect(await to('cancel_run', { run: fork, reason: 'enough' })).toHaveProperty('message_id');
    await baton.finished(fork);
    called.add('promote_fork');
    expect(await refused('promote_fork', { run: fork, branch: id })).toMatchObject({
      code: 'not_forked_from',
    });
    expect(await to('continue_run', { run: fork })).toMatchObject({ run: { id: fork } });
    const { run } = await to<Told>('rerun_run', { run: id, inputs: { what: 'a song' } });
    expect(await to('redirect_run', { run: run.id, task: 'A letter' })).toHaveProperty('what');
  });

  it('tells what it has cost', async () => {
    expect(await to('get_costs')).toHaveProperty('totals.runs');
    expect(await to('get_workflow_statistics', { workflow: 'served' })).toHaveProperty('success_rate');
    expect(await to('get_statistics')).toHaveProperty('workflows');
  });

  it('has called every tool', () => {
    expect(TOOLS.map(({ name }) => name).filter((name) => !called.has(name))).toEqual([]);
  });

  it('leaves a row for each change, and none for what only looked', async () => {
    const rows = await baton.items<AuditRecord>(`/audit?run=${id}&limit=500`);
    const actions = new Set(rows.map(({ action }) => action));
    expect([...actions].toSorted().join(' ')).toBe(
      'answer checkpoint comment edit fork hold instruction pause release rerun restore resume retry_now set_limits start withdraw',
    );
    expect(rows.filter(({ action }) => action === 'pause')).toMatchObject([
      { actor: `tester-${transport}`, outcome: 'accepted', method: transport === 'http' ? 'MCP' : 'POST' },
    ]);
  });
});

it('each scope has tools', () => {
  expect(new Set(TOOLS.map(({ scope }) => scope))).toEqual(new Set(SCOPES));
});
