/** What steps may propose of the plan: the definition bounds it, a step narrows it, and who is not asked stays as before. */
import { describe, expect, test } from 'vitest';
import type { Plan } from '../../plan/plan.ts';
import { compile } from '../compile.ts';

const AGENTS = 'agents: { coder: { tools: [http_fetch] }, reviewer: {} }';
const definition = (head: string, step: string): string =>
  `name: w\nversion: 1.0.0\n${head}\n${AGENTS}\nsteps:\n  - { key: plan, agent: coder, prompt: x${step} }\n` +
  "  - { key: sum, transform: '1', dependencies: [plan] }\n";

function planOf(head: string, step = ''): Plan {
  const compiled = compile(definition(head, step));
  if (!('plan' in compiled)) throw new Error(JSON.stringify(compiled.errors));
  return compiled.plan;
}

const errorsOf = (head: string, step = ''): readonly object[] => {
  const compiled = compile(definition(head, step));
  return 'errors' in compiled ? compiled.errors : [];
};

test('without a word, and with never, the plan is as it was before there was the field', () => {
  const before = planOf('');
  expect(before.hash).toBe(planOf('edits: never').hash);
  expect(before.hash).toBe(planOf('', ', edits: never').hash);
  expect(JSON.stringify(before)).not.toContain('edit');
});

test('the definition speaks for its agents, who get the tool; other steps speak for themselves', () => {
  const plan = planOf('edits: ask');
  const usual = {
    policy: 'ask',
    maxSteps: 10,
    kinds: ['agent', 'ask', 'transform', 'wait'],
    agents: null,
  };
  expect(plan).toMatchObject({ edits: usual, declared: ['coder', 'reviewer'] });
  expect(plan.steps[0]).toMatchObject({ edits: usual, spec: { tools: ['http_fetch', 'edit_plan'] } });
  expect(plan.steps[1]).not.toHaveProperty('edits');
});

test('a step narrows what the definition lets it', () => {
  const head = 'edits: { policy: auto, max_steps: 20, kinds: [agent, command], agents: [coder, reviewer] }';
  const step = ', edits: { policy: ask, max_steps: 3, agents: [reviewer] }';
  expect(planOf(head, step).steps[0]?.edits).toEqual({
    policy: 'ask',
    maxSteps: 3,
    kinds: ['agent', 'command'],
    agents: ['reviewer'],
  });
  expect(planOf(head, ', edits: never').steps[0]).not.toHaveProperty('edits');
});

test('who may say yes is named, and a step may name fewer', () => {
  const head = 'edits: { policy: ask, approvers: [eva, bo] }';
  expect(planOf(head, '').steps[0]?.edits).toMatchObject({ approvers: ['bo', 'eva'] });
  expect(planOf(head, ', edits: { policy: ask, approvers: [eva] }').steps[0]?.edits).toMatchObject({
    approvers: ['eva'],
  });
  expect(planOf('edits: ask', '').steps[0]?.edits).not.toHaveProperty('approvers');
});

describe('refused, with its place', () => {
  test.each<[string, string, string, RegExp]>([
    ['edits: never', ', edits: ask', 'edits_widened', /"ask", where it is "never"/],
    ['edits: ask', ', edits: auto', 'edits_widened', /"auto", where it is "ask"/],
    ['edits: ask', ', edits: { policy: ask, max_steps: 11 }', 'edits_widened', /11 steps, where they are 10/],
    ['edits: ask', ', edits: { policy: ask, kinds: [http] }', 'edits_widened', /kinds http/],
    [
      'edits: { policy: ask, agents: [coder] }',
      ', edits: { policy: ask, agents: [reviewer] }',
      'edits_widened',
      /agents reviewer/,
    ],
    [
      'edits: { policy: ask, approvers: [eva] }',
      ', edits: { policy: ask, approvers: [bo] }',
      'edits_widened',
      /approvers bo/,
    ],
    ['edits: { policy: auto, approvers: [eva] }', '', 'field_value', /Nobody is asked/],
    ['edits: { policy: ask, approvers: [] }', '', 'field_value', /filled in/],
    ['edits: sometimes', '', 'field_value', /one of never, ask, auto/],
    ['edits: { policy: ask, max_steps: 5000 }', '', 'field_value', /at most 200/],
    ['edits: { policy: ask, kinds: [shell] }', '', 'field_value', /"shell" is none of them/],
    ['edits: { policy: ask, agents: [nobody] }', '', 'field_value', /"nobody" is none of them/],
    ['edits: { policy: ask, secrets: [x] }', '', 'field_unknown', /secrets/],
    ['', ', tools: [edit_plan]', 'tool_unknown', /a policy does it/],
  ])('%s, the step%s: %s', (head, step, code, message) => {
    expect(errorsOf(head, step)).toContainEqual(
      expect.objectContaining({ code, message: expect.stringMatching(message) as string }),
    );
  });

  test('steps that have nothing to propose', () => {
    const text = 'name: w\nversion: 1.0.0\nsteps: [{ key: a, wait: 1s, edits: ask }]';
    expect(compile(text)).toMatchObject({ errors: [{ code: 'field_without_effect' }] });
  });
});
