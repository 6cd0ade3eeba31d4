/** Which steps cannot start before one has settled, near ones first. Pure. */
import type { Step } from '../../api/generated.ts';

type Node = Pick<Step, 'key' | 'dependencies' | 'status'>;

export function blockedBy(steps: readonly Node[], key: string): readonly string[] {
  const blocked: string[] = [];
  let edge = new Set([key]);
  while (edge.size > 0) {
    const next = steps.filter(
      (step) =>
        step.status === 'pending' &&
        !blocked.includes(step.key) &&
        step.dependencies.some((one) => edge.has(one)),
    );
    blocked.push(...next.map((step) => step.key));
    edge = new Set(next.map((step) => step.key));
  }
  return blocked;
}
