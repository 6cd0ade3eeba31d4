/** Steps of kind `wait`: some time passes. */
import { z } from 'zod';
import type { WaitSpec } from '../../plan/plan.ts';
import { template } from '../fields/schema.ts';
import { durationOr } from '../fields/durations.ts';
import { PLAIN, stepSchema } from './kind.ts';
import type { KindContext, KindDefinition } from './kind.ts';

const schema = stepSchema({ wait: z.union([template, z.number()]) });
type WaitStep = z.infer<typeof schema>;

export const waitDefinition: KindDefinition<WaitSpec, WaitStep> = {
  ...PLAIN,
  schema,
  withoutEffect: {
    retry: 'waiting does not fail',
    timeout: 'it lasts as long as it says',
    capability: 'no worker is held while it waits',
    edits: 'it has no result',
    idempotent: 'it changes nothing in the world',
  },
  compile: compileWait,
};

function compileWait(step: WaitStep, { path, problems, templates }: KindContext): WaitSpec {
  const at = [...path, 'wait'];
  const computed = typeof step.wait === 'string' && step.wait.includes('{{');
  return {
    kind: 'wait',
    duration: computed ? templates.node(step.wait, at) : durationOr(step.wait, 0, at, problems),
  };
}
