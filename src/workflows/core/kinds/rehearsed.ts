/**
 * The kinds of the product as a rehearsal plays them: a step is one activity, and its answer is the result that was recorded
 * of it. No model is asked in turns, nobody is asked a question, and no time goes by. What the workflow evaluates itself,
 * it evaluates.
 */
import type { AnySpec, StepKind } from '../../../plan/plan.ts';
import { kindsOf } from '../kernel/kind.ts';
import type { Kind, Kinds } from '../kernel/kind.ts';
import { STEP_KINDS } from './index.ts';
import { ONE_ACTIVITY } from './one-activity.ts';

function rehearsed(name: StepKind): Kind {
  const { form, timeoutMs } = STEP_KINDS[name] as unknown as Kind<AnySpec>;
  return { ...ONE_ACTIVITY, form, timeoutMs };
}

export const REHEARSED: Kinds = kindsOf({
  ...STEP_KINDS,
  agent: rehearsed('agent'),
  ask: rehearsed('ask'),
  http: rehearsed('http'),
  command: rehearsed('command'),
  node: rehearsed('node'),
  wait: rehearsed('wait'),
} as unknown as Readonly<Record<string, Kind>>);
