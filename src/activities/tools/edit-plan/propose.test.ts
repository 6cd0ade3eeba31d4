/** What a worker makes of a proposed edit: a whole plan, or what is wrong, told so that a model can mend it. */
import { describe, expect, test } from 'vitest';
import type { Database } from '../../../database/database.ts';
import type { Compiler } from '../../../compiling/compiler.ts';
import { applyEdits, compile } from '../../../definition/index.ts';
import type { Json } from '../../../plan/json.ts';
import type { PlanToEdit, ToolActivityInput } from '../../../protocol/agent.ts';
import { editsIn } from './proposed-edits.ts';
import { proposer } from './propose.ts';

const source = (head = 'edits: auto'): string => `name: w
version: 1.0.0
${head}
agents: { coder: { tools: [http_fetch] } }
steps:
  - { key: plan, agent: coder, prompt: Plan } # first
  - { key: sum, transform: "'done'", dependencies: [plan] }
`;

/** Answers a proposal, and says what was stored for it. */
async function propose(args: Json, more: Partial<PlanToEdit> = {}, text = source()) {
  const compiled = compile(text);
  if (!('plan' in compiled)) throw new Error(JSON.stringify(compiled.errors));
  const { plan } = compiled;
  const stored: string[] = [];
  const database = {
    query: ({ text: sql }: { readonly text: string }) => {
      if (sql.includes('insert')) stored.push(sql);
      return Promise.resolve({ rows: [{ source: text, plan }] });
    },
  } as unknown as Database;
  const policy = { policy: 'auto', maxSteps: 3, kinds: ['agent', 'transform'], agents: ['coder'] } as const;
  const edits: PlanToEdit = { hash: plan.hash, revision: 4, policy, room: 3, mayTake: true, ...more };
  const compiler: Pick<Compiler, 'edit'> = {
    edit: async (before, { list, path }, options) => {
      const source = applyEdits(before, list, path);
      return { ...compile(source, options), source };
    },
  };
  const answer = proposer({ database, compiler, agentFiles: () => Promise.resolve({}) });
  const run = { id: 'run-1', workflow: 'w', version: '1.0.0' };
  return { ...(await answer({ run, edits } as ToolActivityInput, args)), stored };
}

const NEW = { key: 'code', agent: 'coder', prompt: 'Do it' };
const insert = (step: Json, more: object = {}): Json => ({ edits: [{ op: 'INSERT', step, ...more }] });

test('the present plan, edited and compiled whole, with its text stored for who loads it', async () => {
  const { proposed, stored, isError } = await propose({
    ...(insert(NEW, { after: 'plan', before: ['sum'] }) as object),
    reason: 'it is large',
  });
  expect(isError).toBe(false);
  expect(proposed).toMatchObject({ revision: 4, reason: 'it is large' });
  expect(proposed?.plan.steps).toMatchObject([
    { key: 'plan' },
    { key: 'code', dependencies: ['plan'], spec: { agent: 'coder', tools: ['http_fetch'] } },
    { key: 'sum', dependencies: ['plan', 'code'] },
  ]);
  // Where the definition lets all agents propose, those that come do not.
  expect(proposed?.plan.steps[1]).not.toHaveProperty('edits');
  expect(proposed?.plan.steps[0]).toHaveProperty('edits');
  expect(stored).toHaveLength(1);
});

test('what a person is asked about first is not stored', async () => {
  expect((await propose(insert(NEW), { mayTake: false })).stored).toEqual([]);
});

test('without edits it tells what there is, and what may be proposed', async () => {
  expect(await propose({})).toMatchObject({
    value: {
      revision: 4,
      steps: [
        { key: 'plan', kind: 'agent', agent: 'coder', dependencies: [] },
        { key: 'sum', kind: 'transform', dependencies: ['plan'] },
      ],
      may_propose: { policy: 'auto', steps: 3, kinds: ['agent', 'transform'], agents: ['coder'] },
    },
    isError: false,
  });
});

test.each<[string, Json, RegExp]>([
  ['no list', { edits: 'all' }, /edits: /],
  [
    '5,000 steps',
    { edits: Array.from({ length: 5_000 }, (_, n) => ({ op: 'DELETE', step: `s${n}` })) },
    /200/,
  ],
  ['a step without a key', insert({ agent: 'coder' }), /edits\[0\]\.step needs a "key"/],
  ['a step that there is', insert({ ...NEW, key: 'sum' }), /edits\[0\]: there is a step "sum" already/],
  ['one after no step', insert(NEW, { after: 'x' }), /there is no step "x"; steps: plan, sum/],
  [
    'tools of its choice',
    insert({ ...NEW, tools: ['run_command'] }),
    /edits\[0\]\.step: tools cannot be proposed/,
  ],
  ['more than its limits', insert({ ...NEW, limits: { max_turns: 999 } }), /limits cannot be proposed/],
  [
    'another model',
    { edits: [{ op: 'UPDATE', step: { key: 'sum', model: 'a/b' } }] },
    /model cannot be proposed/,
  ],
  ['a policy', insert({ ...NEW, edits: 'auto' }), /edits cannot be proposed/],
  ['workers of its choice', insert({ ...NEW, capability: 'vault' }), /capability cannot be proposed/],
  [
    'a circle',
    { edits: [{ op: 'UPDATE', step: { key: 'plan', dependencies: ['sum'] } }] },
    /dependency_cycle/,
  ],
  ['secrets in a prompt', insert({ ...NEW, prompt: '{{ secrets.KEY }}' }), /secret/],
  ['an agent that there is not', insert({ ...NEW, agent: 'nobody' }), /steps\[2\].agent \(agent_unknown\)/],
  ['steps that run anew', { edits: [], rerun: ['plan'] }, /rerun: only a person may have steps run anew/],
  ['too much', insert({ ...NEW, prompt: 'x'.repeat(300_000) }), /larger than 262,144 bytes/],
])('%s is refused', async (_, args, why) => {
  await expect(propose(args)).rejects.toThrow(why);
});

describe('the result of a step', () => {
  const edits = [{ op: 'DELETE', step: 'x' }];

  test.each<[string, Json, Json]>([
    ['transform', { edits, reason: 'r', more: 1 }, { edits, reason: 'r' }],
    ['transform', { edits, rerun: ['x'] }, { edits, rerun: ['x'] }],
    ['http', { status: 200, body: { edits } }, { edits }],
    ['command', { exit_code: 0, stdout: JSON.stringify({ edits }), stderr: '' }, { edits }],
    ['command', { exit_code: 0, stdout: 'all is well', stderr: '' }, null],
    ['http', { status: 200, body: 'all is well' }, null],
    ['transform', 7, null],
    ['transform', { edit: [] }, null],
  ])('of kind %s: %j', (kind, result, found) => {
    expect(editsIn(kind, result)).toEqual(found);
  });

  test('proposes as an agent does, or nothing', async () => {
    const result = { edits: [{ op: 'INSERT', step: NEW }] };
    expect((await propose(result, { resultOf: 'transform' })).proposed?.plan.steps).toHaveLength(3);
    expect(await propose({ built: true }, { resultOf: 'transform' })).toMatchObject({
      isError: false,
      value: null,
    });
    await expect(propose({ edits: 7 }, { resultOf: 'transform' })).rejects.toThrow(/edits/);
  });
});
