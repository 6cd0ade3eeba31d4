/** A plan's graph for a terminal: the steps by level, each with what it waits for. */
import type { Plan, PlanStep } from '../../plan/plan.ts';

/**
 *     code-review-workflow 1.0.0 · 4 steps in 3 levels
 *
 *     level 0
 *       parse-changes      agent  alone
 *     level 1
 *       security-audit     agent  after parse-changes
 */
export function graphText(plan: Plan): string {
  const depth = Math.max(...plan.steps.map((step) => step.level)) + 1;
  const width = Math.max(...plan.steps.map((step) => step.key.length));
  const blocks = Array.from({ length: depth }, (_, level) => {
    const steps = plan.steps.filter((step) => step.level === level);
    return [`level ${level}`, ...steps.map((step) => `  ${lineOf(step, width)}`)].join('\n');
  });
  const size = `${counted(plan.steps.length, 'step')} in ${counted(depth, 'level')}`;
  return [`${plan.name} ${plan.version} · ${size}`, '', ...blocks].join('\n');
}

function lineOf(step: PlanStep, width: number): string {
  const notes = [
    step.parallel ? '' : 'alone',
    step.dependencies.length > 0 ? `after ${step.dependencies.join(', ')}` : '',
    step.when === null ? '' : `when ${step.when.source}`,
  ];
  return [step.key.padEnd(width), step.kind.padEnd(9), ...notes.filter((note) => note !== '')]
    .join('  ')
    .trimEnd();
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
