/** Steps and agents that propose edits of the plan of their own run: applied, asked about, refused; and their bounds. */
import { describe, expect, test } from 'vitest';
import type { EditPolicy, Plan, PlanStep } from '../../plan/plan.ts';
import type { ProposedPlan, ToolActivityInput } from '../../protocol/agent.ts';
import { answerTurn, turnInputOf } from '../../testing/agents.ts';
import { call, toolAnswer } from '../../testing/answers.ts';
import { QuickWorld } from '../../testing/world.ts';
import type { World } from '../../testing/world.ts';
import { agent, ask, planOf, step, transform } from './testing/plans.ts';

const AUTO: EditPolicy = {
  policy: 'auto',
  maxSteps: 3,
  kinds: ['agent', 'transform', 'command'],
  agents: ['code'],
};
const ASK: EditPolicy = { ...AUTO, policy: 'ask' };
let serial = 0;

const planner = (policy: EditPolicy, more: Partial<PlanStep> = {}): PlanStep =>
  step('plan', [], { spec: agent({ tools: ['edit_plan', 'read_file'] }), edits: policy, ...more });
const FIRST = (policy: EditPolicy): readonly PlanStep[] => [planner(policy), step('sum', ['plan'])];

const plan = (steps: readonly PlanStep[], options: Partial<Omit<Plan, 'steps'>> = {}): Plan =>
  planOf(steps, {
    agents: { code: { purpose: '', system: '', mcp: {} } },
    ...options,
    hash: `sha256:p-${++serial}`,
  });

/** The planner has called the tool, and a worker looks at it. */
function begun(steps: readonly PlanStep[], options: Partial<Omit<Plan, 'steps'>> = {}): QuickWorld {
  const world = new QuickWorld(plan(steps, options));
  return answerTurn(world, 'plan', [call('edit_plan', { edits: [] })]);
}

const toolId = (world: World, of = 'plan'): string | undefined =>
  world.openIds.find((id) => id.startsWith(`${of}#`) && id.includes('.'));

const editsOf = (world: World, of = 'plan') =>
  (world.open.get(toolId(world, of) ?? '')?.input as ToolActivityInput | undefined)?.edits;

/** What a worker answers that has compiled the proposal. */
function propose<W extends World>(world: W, after: Plan, more: Partial<ProposedPlan> = {}, of = 'plan'): W {
  const revision = world.state.revision ?? 0;
  const proposed = { plan: after, revision, reason: 'there is more to do', ...more };
  return world.reply(toolId(world, of) ?? '', toolAnswer('{}', { proposed }));
}

/** What the model has been told of its call. */
function told(world: World): { readonly output: unknown; readonly isError: boolean } {
  const [results] = turnInputOf(world, 'plan').append;
  const [answer] = results?.type === 'tool_results' ? results.results : [];
  if (answer === undefined) throw new Error('the model was told nothing');
  return { output: 'value' in answer.output ? answer.output.value : null, isError: answer.isError };
}

const NEW = step('new', ['plan']);
const MORE = (policy: EditPolicy) => plan([planner(policy), NEW, step('sum', ['plan', 'new'])]);

test('auto: the plan changes in the task in which the worker answers, in the agent’s name', () => {
  const world = begun(FIRST(AUTO));
  expect(editsOf(world)).toMatchObject({ revision: 0, room: 3, mayTake: true, hash: world.state.plan?.hash });
  propose(world, MORE(AUTO));
  expect(world.state).toMatchObject({ revision: 1, gained: { new: 'plan' } });
  expect(told(world)).toMatchObject({
    isError: false,
    output: { revision: 1, added: ['new'], rewired: ['sum'] },
  });
  expect(world.notes).toContainEqual(
    expect.objectContaining({
      ...{ type: 'plan_edited', by: 'code', reason: 'there is more to do' },
      proposed: { step: 'plan', turn: 1, index: 0 },
    }),
  );
  answerTurn(world, 'plan', 'planned');
  for (const key of ['new', 'sum']) world.complete(key);
  expect(world.closed).toMatchObject({ type: 'complete' });
});

describe('ask', () => {
  const asked = () => propose(begun(FIRST(ASK)), MORE(ASK));
  const questionOf = (world: World) => Object.values(world.state.questions)[0];

  test('a person sees what would be, and nothing is yet', () => {
    const world = asked();
    expect(world.state.revision).toBeUndefined();
    expect(world.openIds).toEqual([]);
    expect(questionOf(world)).toMatchObject({
      kind: 'approval',
      prompt: {
        value:
          'May agent code change the plan? there is more to do\n+ step new (command): waits for plan\n~ step sum: waits for plan, new',
      },
      edit: {
        ...{ revision: 0, reason: 'there is more to do', removed: [], changed: [] },
        added: [{ step: 'new', kind: 'command', agent: null, dependencies: ['plan'] }],
        rewired: [{ step: 'sum', dependencies: ['plan', 'new'] }],
      },
    });
  });

  test('a yes: made once more, of the plan of then, and taken', () => {
    const world = asked();
    world.signal('answer', { question: questionOf(world)?.id, decision: 'approve', by: 'ann' });
    expect(editsOf(world)).toMatchObject({ mayTake: true });
    propose(world, MORE(ASK));
    expect(world.state.revision).toBe(1);
    expect(told(world).isError).toBe(false);
  });

  test('a no reaches the agent with its words', () => {
    const world = asked();
    world.signal('answer', { decision: 'reject', by: 'ann', reason: 'one step is enough' });
    expect(told(world)).toEqual({
      isError: true,
      output: 'ann rejected this call. Reason: one step is enough',
    });
    expect(world.state.revision).toBeUndefined();
  });

  test('what a person has edited meanwhile is the plan that it is made of, and may speak against it', () => {
    const world = asked();
    const edited = plan([planner(ASK), step('new', ['plan']), step('sum', ['plan'])]);
    world.signal('edit', JSON.parse(JSON.stringify({ plan: edited })));
    world.signal('answer', { decision: 'approve', by: 'ann' });
    expect(editsOf(world)).toMatchObject({ revision: 1, hash: edited.hash });
    propose(world, plan([planner(ASK), step('new', ['plan'], { title: 'Other' }), step('sum', ['plan'])]));
    expect(world.state.revision).toBe(2);
    expect(world.state.plan?.steps.find(({ key }) => key === 'new')?.title).toBe('Other');
  });

  test('it waits over the end of the execution', () => {
    const world = new QuickWorld(plan(FIRST(ASK)), { continueSuggested: (events) => events > 12 });
    propose(answerTurn(world, 'plan', [call('edit_plan', {})]), MORE(ASK));
    const before = questionOf(world);
    world.signal('comment', { content: 'hm' });
    expect(questionOf(world)).toEqual(before);
    world.signal('answer', { decision: 'approve', by: 'ann' });
    propose(world, MORE(ASK));
    expect(world.state).toMatchObject({ revision: 1, gained: { new: 'plan' } });
  });
});

test('`approve` covers the tool too, whatever the policy says', () => {
  const spec = agent({ tools: ['edit_plan'], approve: ['*'] });
  const world = begun([planner(AUTO, { spec }), step('sum', ['plan'])]);
  expect(editsOf(world)).toMatchObject({ mayTake: false });
  propose(world, plan([planner(AUTO, { spec }), NEW, step('sum', ['plan'])]));
  expect(Object.values(world.state.questions)).toMatchObject([{ kind: 'approval' }]);
});

describe('bounds', () => {
  const SECRET = {
    kind: 'command',
    argv: [{ $expr: 'secrets.KEY' }],
    cwd: null,
    env: {},
    stdin: null,
  } as const;
  const author = [
    planner(AUTO),
    step('gate', ['plan'], { spec: ask() }),
    step('ship', ['gate']),
    step('last', ['ship'], { spec: transform(1) }),
  ];
  const with_ = (...more: readonly PlanStep[]) => [...author, ...more];
  const without = (...keys: readonly string[]) => author.filter(({ key }) => !keys.includes(key));
  const changed = (key: string, changes: Partial<PlanStep>) =>
    author.map((one) => (one.key === key ? { ...one, ...changes } : one));

  test.each<[string, readonly PlanStep[], RegExp]>([
    [
      'too many steps',
      with_(...[1, 2, 3, 4].map((n) => step(`n${n}`))),
      /4 steps would come, and 3 more may/,
    ],
    ['a kind that is not named', with_(step('n', [], { spec: ask() })), /"n" is of kind ask; these may be/],
    ['an agent that is not named', with_(step('n', [], { spec: agent({ agent: 'root' }) })), /agent "root"/],
    ['a policy of its own', with_(step('n', [], { edits: AUTO })), /"n" may not be given edits/],
    ['workers of its choice', with_(step('n', [], { capability: 'vault' })), /may not choose its workers/],
    ['secrets', with_(step('n', [], { spec: SECRET })), /"n" may not read secrets/],
    [
      'a step of the author',
      changed('last', { title: 'Mine' }),
      /"last" cannot change: it is of the definition/,
    ],
    ['one that goes', without('last'), /"last" cannot be taken out/],
    [
      'a way around a gate',
      changed('ship', { dependencies: ['plan'] }),
      /"ship" has to wait for gate as before/,
    ],
  ])('auto, %s: refused, with the reason for the model', (_, steps, why) => {
    const world = propose(begun(author), plan(steps));
    expect(told(world)).toEqual({ isError: true, output: expect.stringMatching(why) as string });
    expect(world.state.revision).toBeUndefined();
  });

  test.each<[string, readonly PlanStep[], RegExp]>([
    [
      'the gate goes',
      [
        ...without('gate', 'ship', 'last'),
        step('ship', ['plan']),
        step('last', ['ship'], { spec: transform(1) }),
      ],
      /"gate" cannot be taken out: what people are/,
    ],
    [
      'what waited for a step that goes',
      [...without('ship', 'last'), step('last', ['plan'], { spec: transform(1) })],
      /"last" has to wait for gate/,
    ],
  ])('ask, %s: refused too', (_, steps, why) => {
    const toAsk = (all: readonly PlanStep[]) => all.map((one) => (one.key === 'plan' ? planner(ASK) : one));
    const world = propose(begun(toAsk(author)), plan(toAsk(steps)));
    expect(told(world)).toEqual({ isError: true, output: expect.stringMatching(why) as string });
  });

  test('members of the plan are no matter of proposals', () => {
    const world = propose(begun(author), plan(author, { failure: 'finish', maxParallel: 3 }));
    expect(told(world).output).toMatch(/`failure` of the plan is no matter of proposals/);
  });

  test('the run gains so many steps in all, by one step and by all together; what came may go again', () => {
    const bound = { ...AUTO, maxSteps: 2 };
    const world = propose(
      begun(FIRST(AUTO), { edits: bound }),
      plan([...FIRST(AUTO), NEW], { edits: bound }),
    );
    answerTurn(world, 'plan', [call('edit_plan', {})]);
    expect(editsOf(world)?.room).toBe(1);
    propose(world, plan([...FIRST(AUTO), step('b'), step('c')], { edits: bound }));
    expect(told(world).output).toMatch(/2 steps would come, and 1 more may/);
    answerTurn(world, 'plan', [call('edit_plan', {})]);
    propose(world, plan([...FIRST(AUTO), step('b')], { edits: bound }));
    expect(world.state).toMatchObject({ revision: 2, gained: { new: 'plan', b: 'plan' } });
    expect(Object.keys(world.state.steps)).toEqual(['plan', 'sum', 'b']);
  });

  test('a step that a person has made his own is the author’s', () => {
    const world = propose(begun(FIRST(AUTO)), plan([...FIRST(AUTO), NEW]));
    const own = step('new', ['plan'], { title: 'Mine' });
    world.signal('edit', JSON.parse(JSON.stringify({ plan: plan([...FIRST(AUTO), own]) })));
    expect(world.state.gained).toEqual({});
    answerTurn(world, 'plan', [call('edit_plan', {})]);
    propose(world, plan(FIRST(AUTO)));
    expect(told(world).output).toMatch(/"new" cannot be taken out/);
  });
});

test('what speaks against any edit speaks against a proposal', () => {
  const world = propose(begun(FIRST(AUTO)), plan([planner(AUTO, { title: 'Other' }), step('sum', ['plan'])]));
  expect(told(world).output).toMatch(/step_started.*"plan" cannot change \(title\): it is running/);
  answerTurn(world, 'plan', [call('edit_plan', {})]);
  propose(world, { steps: 1 } as unknown as Plan);
  expect(told(world).output).toMatch(/plan_invalid/);
});

test('two at once: the second is made again, of the plan that the first has left', () => {
  const other = { ...planner(AUTO), key: 'other' };
  const steps = [planner(AUTO), other];
  const world = begun(steps);
  answerTurn(world, 'other', [call('edit_plan', {})]);
  const first = plan([...steps, NEW]);
  propose(world, first);
  propose(world, plan([...steps, step('b')]), { revision: 0 }, 'other');
  expect(world.state.revision).toBe(1);
  world.fireNext();
  expect(editsOf(world, 'other')).toMatchObject({ revision: 1, hash: first.hash });
  propose(world, plan([...steps, NEW, step('b')]), {}, 'other');
  expect(world.state).toMatchObject({ revision: 2, gained: { new: 'plan', b: 'other' } });
});

test('a worker that dies is replaced, and the proposal counts once', () => {
  const world = begun(FIRST(AUTO));
  world.lose(toolId(world) ?? '').fireNext();
  propose(world, MORE(AUTO));
  expect(world.state.revision).toBe(1);
  expect(world.notes.filter(({ type }) => type === 'plan_edited')).toHaveLength(1);
});

test('a run that is being stopped takes no proposal', () => {
  const world = begun(FIRST(AUTO));
  const after = MORE(AUTO);
  world.signal('cancel', { reason: 'enough' });
  propose(world, after);
  expect(world.state.revision).toBeUndefined();
});

test('an agent without a policy has no such tool', () => {
  const world = new QuickWorld(plan([step('plan', [], { spec: agent() })]));
  answerTurn(world, 'plan', [call('edit_plan', {})]);
  expect(told(world)).toMatchObject({
    isError: true,
    output: expect.stringMatching(/no tool "edit_plan"/) as string,
  });
});

test('only those may say yes whom the policy names, to agents and to other steps', () => {
  const policy: EditPolicy = { ...ASK, approvers: ['eva'] };
  const byAgent = propose(begun(FIRST(policy)), MORE(policy));
  const make = (more: readonly PlanStep[] = []) =>
    plan([step('make', [], { edits: policy }), ...more, step('sum', ['make'])]);
  const byStep = propose(
    new QuickWorld(make()).complete('make', 'made'),
    make([step('new', ['make'])]),
    {},
    'make',
  );
  for (const world of [byAgent, byStep])
    expect(Object.values(world.state.questions)).toMatchObject([{ approvers: ['eva'] }]);
  const [question] = Object.keys(byAgent.state.questions);
  byAgent.signal('answer', { question, decision: 'approve', by: 'bo' });
  expect(Object.keys(byAgent.state.questions)).toEqual([question]);
  byAgent.signal('answer', { question, decision: 'approve', by: 'eva' });
  expect(editsOf(byAgent)).toMatchObject({ mayTake: true });
});

describe('a step that is no agent', () => {
  const maker = (policy: EditPolicy, spec?: PlanStep['spec']) =>
    step('make', [], { edits: policy, ...(spec === undefined ? {} : { spec }) });
  const steps = (policy: EditPolicy) => [maker(policy), step('sum', ['make'])];
  const more = (policy: EditPolicy) =>
    plan([maker(policy), step('new', ['make']), step('sum', ['make', 'new'])]);
  const made = (policy: EditPolicy) => new QuickWorld(plan(steps(policy))).complete('make', 'made');
  const refusals = (world: World) => world.notes.filter(({ type }) => type === 'proposal_refused');

  test('stays open until it is decided, then completes with its result, and what it brought runs', () => {
    const world = made(AUTO);
    expect(world.openIds).toEqual(['make#1/0.0']);
    expect(editsOf(world, 'make')).toMatchObject({ resultOf: 'command', mayTake: true });
    propose(world, more(AUTO), {}, 'make');
    expect(world.state).toMatchObject({
      revision: 1,
      steps: { make: { status: 'completed', result: { value: 'made' } } },
    });
    expect(world.state.steps['make']).not.toHaveProperty('proposal');
    expect(world.openKeys).toEqual(['new']);
  });

  test('proposes nothing, or something wrong: it completes, and a refusal is on record', () => {
    const nothing = made(AUTO).reply('make', toolAnswer('nothing'));
    expect(nothing.statuses()).toMatchObject({ make: 'completed', sum: 'running' });
    expect(refusals(nothing)).toEqual([]);
    const wrong = made(AUTO).reply('make', toolAnswer('edits[0]: there is no step "x"', { isError: true }));
    expect(refusals(wrong)).toMatchObject([{ step: 'make', reason: 'edits[0]: there is no step "x"' }]);
    expect(wrong.statuses()).toMatchObject({ make: 'completed', sum: 'running' });
    const bold = propose(made(AUTO), plan([...steps(AUTO), step('n', [], { edits: AUTO })]), {}, 'make');
    expect(refusals(bold)).toMatchObject([{ code: 'not_permitted' }]);
    expect(bold.statuses()).toMatchObject({ make: 'completed' });
  });

  test('waits for a person, who says yes, or no', () => {
    const waiting = () => propose(made(ASK), more(ASK), {}, 'make');
    expect(waiting().statuses()).toMatchObject({ make: 'waiting', sum: 'pending' });
    const yes = waiting().signal('answer', { decision: 'approve', by: 'ann' });
    expect(yes.statuses()).toMatchObject({ make: 'running' });
    propose(yes, more(ASK), {}, 'make');
    expect(yes.statuses()).toMatchObject({ make: 'completed', new: 'running' });
    const no = waiting().signal('answer', { decision: 'reject', by: 'ann', reason: 'no need' });
    expect(refusals(no)).toMatchObject([{ code: null, reason: 'ann declined: no need' }]);
    expect(no.statuses()).toMatchObject({ make: 'completed', sum: 'running' });
  });

  test('a transform too, which the workflow evaluates itself', () => {
    const spec = transform({ edits: [] });
    const world = new QuickWorld(plan([maker(AUTO, spec), step('sum', ['make'])]));
    expect(editsOf(world, 'make')).toMatchObject({ resultOf: 'transform' });
    propose(world, plan([maker(AUTO, spec), step('new', ['make']), step('sum', ['make'])]), {}, 'make');
    expect(world.openKeys).toEqual(['new', 'sum']);
  });

  test('a pause stops it, a lost worker is replaced, and many lost ones let it complete', () => {
    const world = made(AUTO).signal('pause', { mode: 'now', timeout_ms: 0 });
    world.stop('make');
    expect(world.openIds).toEqual([]);
    world.signal('resume');
    expect(world.openIds).toEqual(['make#1/0.0']);
    for (let left = 20; left > 0 && world.openKeys.includes('make'); left--) {
      world.lose('make');
      if (world.timers.size > 0) world.fireNext();
    }
    expect(refusals(world)).toHaveLength(1);
    expect(world.statuses()).toMatchObject({ make: 'completed', sum: 'running' });
  });

  test('is cancelled with its run, and begun again with it', () => {
    const world = propose(made(ASK), more(ASK), {}, 'make').signal('cancel', { reason: 'enough' });
    world.requestCancel();
    expect(world.statuses()).toMatchObject({ make: 'cancelled' });
    expect(world.state.questions).toEqual({});
  });
});
