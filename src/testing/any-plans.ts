/** Plans by chance, of all kinds of steps, and what such a plan may become by an edit. */
import fc from 'fast-check';
import type { Plan, PlanStep, StepSpec } from '../plan/plan.ts';
import { agent, ask, planOf, retries, step, transform, when } from '../workflows/core/testing/plans.ts';

export const TOOLS = ['read_file', 'write_file', 'send', 'ask_user', 'edit_plan'];

const KINDS = ['agent', 'transform', 'wait', 'command', 'ask'];
const EDITS = ['ask', 'auto', 'auto'] as const;
const SPECS: readonly (StepSpec | undefined)[] = [
  undefined,
  agent({ tools: TOOLS, approve: ['send'], models: ['a/1', 'b/2'] }),
  agent({ tools: TOOLS, limits: { ...agent().limits, maxTurns: 3 } }),
  transform({ of: 1 }),
  { kind: 'wait', duration: '1s' },
  ask({ timeoutMs: 60_000 }),
];

const SHAPE = fc.record({ of: fc.nat(40), after: fc.nat(40), attempts: fc.integer({ min: 1, max: 3 }) });

export const anyPlan: fc.Arbitrary<Plan> = fc
  .record({
    shapes: fc.array(SHAPE, { minLength: 1, maxLength: 6 }),
    failure: fc.constantFrom('fast' as const, 'finish' as const),
    maxParallel: fc.integer({ min: 1, max: 6 }),
    timeoutMs: fc.constantFrom(null, 50_000),
    placed: fc.boolean(),
  })
  .map(({ shapes, placed, ...options }) => {
    const steps = shapes.map(({ of, after, attempts }, index): PlanStep => {
      const spec = SPECS[of % SPECS.length];
      const dependencies = index === 0 || after % 3 === 0 ? [] : [`s${after % index}`];
      return step(`s${index}`, dependencies, {
        ...(spec === undefined ? { workspace: placed } : { spec }),
        when: after % 7 === 0 ? when('status.always') : null,
        retry: retries(attempts),
        ...editsOf(spec, of),
      });
    });
    return planOf(steps, { ...options, workspace: placed ? { source: 'empty', uses: [] } : null });
  });

/** Some of the steps whose kind may do so propose edits. */
function editsOf(spec: StepSpec | undefined, pick: number): Pick<PlanStep, 'edits'> {
  const policy = EDITS[pick % 5];
  const may = spec === undefined || spec.kind === 'agent' || spec.kind === 'transform';
  return policy === undefined || !may
    ? {}
    : { edits: { policy, maxSteps: (pick % 3) + 1, kinds: KINDS, agents: ['code'] } };
}

/** A step more, one less, the last or the first that differs. @param number tells the edits of a run apart */
export function editedBy(plan: Plan, pick: number, number: number): Plan {
  const { steps, outputs: _, ...rest } = plan;
  const last = steps.at(-1);
  const after = pick % 2 === 0 && last !== undefined ? [last.key] : [];
  const ways: readonly (readonly PlanStep[])[] = [
    [...steps, step(`n${number}`, after, { spec: SPECS[pick % SPECS.length] ?? transform({ of: 2 }) })],
    steps.slice(0, -1),
    steps.map((one) => (one === last ? { ...one, title: `Other ${pick}` } : one)),
    steps.map((one, at) => (at === 0 ? { ...one, title: `First ${pick}` } : one)),
  ];
  return planOf(ways[pick % ways.length] ?? steps, { ...rest, hash: `sha256:edit-${number}` });
}
