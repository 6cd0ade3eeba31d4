/** Plans that change while they run: what is taken, what is refused, and that a refused edit changes nothing. */
import { expect, test } from 'vitest';
import type { Plan, PlanStep } from '../../plan/plan.ts';
import { QuickWorld } from '../../testing/world.ts';
import { agent, planOf, step, transform, when } from './testing/plans.ts';

const FIRST = [step('a'), step('b', ['a']), step('c', ['b'])];
let serial = 0;

/** A plan of these steps, as a compiler gives each a hash of its own. */
const edited = (steps: readonly PlanStep[], options: Partial<Omit<Plan, 'steps'>> = {}): Plan =>
  planOf(steps, { hash: `sha256:edited-${++serial}`, ...options });

/** What the run has answered. */
function edit(world: QuickWorld, plan: Plan, more: object = {}) {
  const message = { id: `e${++serial}`, by: 'ann', reason: 'better', plan, ...more };
  world.signal('edit', JSON.parse(JSON.stringify(message)));
  return world.notes.findLast(({ type }) => type === 'command');
}

const refused = (code: string, reason: RegExp) => ({
  status: 'ignored',
  code,
  reason: expect.stringMatching(reason),
});

test('steps come, go and change before they begin; the run ends as one of the new plan does', () => {
  const world = new QuickWorld(planOf(FIRST));
  const plan = edited([
    step('a'),
    step('new', ['a']),
    step('b', ['new'], { title: 'Other' }),
    step('d', ['b']),
  ]);
  expect(edit(world, plan)).toMatchObject({ status: 'processed' });
  expect(world.notes).toContainEqual(
    expect.objectContaining({
      type: 'plan_edited',
      ...{ revision: 1, by: 'ann', reason: 'better', stepCount: 4, hash: plan.hash },
      edit: {
        added: ['new', 'd'],
        removed: ['c'],
        changed: [{ name: 'b', members: ['title', 'dependencies'] }],
        rewired: [],
        members: [],
      },
    }),
  );
  for (const key of ['a', 'new', 'b', 'd']) {
    expect(world.openKeys).toEqual([key]);
    world.complete(key);
  }
  expect(world.closed).toMatchObject({ type: 'complete' });
  expect(Object.keys(world.state.steps).toSorted()).toEqual(['a', 'b', 'd', 'new']);
});

test('a step knows the revision under which it began, over continuations too', () => {
  let isLong = false;
  const world = new QuickWorld(planOf(FIRST), { continueSuggested: (events) => isLong && events > 6 });
  world.complete('a');
  edit(world, edited([...FIRST, step('d', ['c'])]));
  world.complete('b');
  edit(world, edited([...FIRST, step('d', ['c']), step('e', ['d'])]));
  isLong = true;
  world.complete('c');
  isLong = false;
  expect(world.chain.length).toBeGreaterThan(1);
  world.complete('d');
  const revisions = Object.entries(world.state.steps).map(([key, { revision }]) => [key, revision]);
  expect(Object.fromEntries(revisions)).toEqual({ a: undefined, b: undefined, c: 1, d: 2, e: 2 });
});

test('what a step waits for may change until it begins, and a new step may begin at once', () => {
  const world = new QuickWorld(planOf(FIRST));
  const note = edit(world, edited([step('a'), step('c', ['a']), step('b', ['c']), step('free')]));
  expect(note).toMatchObject({ status: 'processed' });
  expect(world.notes.find(({ type }) => type === 'plan_edited')).toMatchObject({
    edit: { rewired: ['c', 'b'] },
  });
  expect(world.openKeys).toEqual(['a', 'free']);
});

test.each<[string, readonly PlanStep[], string, RegExp]>([
  ['goes', [step('b'), step('c', ['b'])], 'step_started', /"a" cannot be taken out: it is running/],
  [
    'changes',
    [step('a', [], { title: 'Other' }), ...FIRST.slice(1)],
    'step_started',
    /"a" cannot change \(title\)/,
  ],
  [
    'waits',
    [step('x'), step('a', ['x']), ...FIRST.slice(1)],
    'step_started',
    /"a" cannot wait for other steps/,
  ],
])('a step that has begun %s: refused, and nothing is as it was not', (_, steps, code, reason) => {
  const world = new QuickWorld(planOf(FIRST));
  const before = world.state;
  expect(edit(world, edited(steps))).toMatchObject(refused(code, reason));
  const { seen: _seen, ...rest } = before;
  expect(world.state).toMatchObject(rest);
  expect(world.state.revision).toBeUndefined();
});

test('an edit of a revision that is not there any more is refused; the same edit counts once', () => {
  const world = new QuickWorld(planOf(FIRST));
  const plan = edited([...FIRST, step('d', ['c'])]);
  world.signal('edit', { id: 'one', revision: 0, plan }).signal('edit', { id: 'one', revision: 0, plan });
  expect(world.state.revision).toBe(1);
  expect(edit(world, edited([...FIRST, step('e')]), { revision: 0 })).toMatchObject(
    refused('stale_revision', /at revision 1, the edit was made of revision 0/),
  );
  expect(edit(world, plan)).toMatchObject(refused('nothing_changed', /the plan that the run has/));
  expect(edit(world, edited([...FIRST, step('e')]), { revision: 1 })).toMatchObject({ status: 'processed' });
  expect(world.state.revision).toBe(2);
});

test('what is no plan, or of another run’s shape, is refused', () => {
  const world = new QuickWorld(planOf(FIRST));
  const cases: readonly [unknown, string, RegExp][] = [
    [undefined, 'malformed', /"plan" is missing/],
    [{}, 'plan_invalid', /^plan\./],
    [
      { ...edited(FIRST), steps: [step('b', ['c']), step('c', ['b'])] },
      'plan_invalid',
      /no step "c" before it/,
    ],
    [edited(FIRST, { name: 'other' }), 'not_editable', /`name` cannot change/],
    [edited(FIRST, { timeoutMs: 5 }), 'not_editable', /`timeoutMs` cannot change/],
    [
      edited(FIRST, { inputs: { x: { type: 'any', required: false, description: null } } }),
      'not_editable',
      /rerun/,
    ],
  ];
  for (const [plan, code, reason] of cases) {
    expect(edit(world, plan as Plan)).toMatchObject(refused(code, reason));
  }
  expect(world.state.revision).toBeUndefined();
});

test('a message that waits for a step keeps it', () => {
  const steps = [step('a'), step('talk', ['a'], { spec: agent() })];
  const world = new QuickWorld(planOf(steps));
  world.signal('instruction', { id: 'tabs', content: 'use tabs', target: 'talk' });
  expect(edit(world, edited([step('a')]))).toMatchObject(refused('would_orphan', /a message waits for it/));
  world.signal('withdraw', { message: 'tabs' });
  expect(edit(world, edited([step('a')]))).toMatchObject({ status: 'processed' });
});

test('a condition reads what was kept of a stored result, and no other part of it', () => {
  const reads = (member: string) =>
    step('c', ['b'], {
      when: when(`steps.a.result.${member} == 1`, [
        { root: 'steps', name: 'a', field: 'result', path: [member] },
      ]),
    });
  const plan = planOf([step('a', [], { keep: [['ok']] }), step('b', ['a'])]);
  const world = new QuickWorld(plan);
  const stored = { ref: { $blob: 'f00', bytes: 99_999 }, bytes: 99_999, preview: '', kept: { '["ok"]': 1 } };
  world.reply('a', { result: stored });
  const more = (member: string) =>
    edited([step('a', [], { keep: [['ok'], [member]] }), step('b', ['a']), reads(member)]);
  expect(edit(world, more('other'))).toMatchObject(refused('reference_lost', /steps\.a\.result\.other/));
  expect(edit(world, more('ok'))).toMatchObject({ status: 'processed' });
  world.complete('b');
  expect(world.openKeys).toEqual(['c']);
});

test('the plan travels with the run', () => {
  const world = new QuickWorld(planOf(FIRST), { continueSuggested: (events) => events > 12 });
  const plan = edited([...FIRST, step('d', ['c'], { spec: transform({ of: 1 }) })]);
  edit(world, plan);
  world.complete('a');
  expect(world.state.revision).toBe(1);
  expect(world.state.plan?.hash).toBe(plan.hash);
  for (const key of ['b', 'c']) world.complete(key);
  expect(world.closed).toMatchObject({ type: 'complete' });
});

test('a run that is being stopped, and one of an older version, takes no edit', () => {
  const world = new QuickWorld(planOf(FIRST));
  world.signal('cancel', { reason: 'enough' });
  expect(edit(world, edited([...FIRST, step('d')]))).toMatchObject(refused('refused', /being stopped/));
  const old = new QuickWorld(planOf(FIRST), { version: 2 });
  expect(edit(old, edited([...FIRST, step('d')]))).toMatchObject(
    refused('malformed', /unknown signal "edit"/),
  );
});
