/** Steps of kind `transform`: a value that is computed. */
import type { z } from 'zod';
import type { Json } from '../../plan/json.ts';
import type { TransformSpec } from '../../plan/plan.ts';
import { data } from '../fields/schema.ts';
import { noteOutside } from '../text/doubtful-texts.ts';
import { PLAIN, stepSchema } from './kind.ts';
import type { KindContext, KindDefinition } from './kind.ts';

const schema = stepSchema({ transform: data });
type TransformStep = z.infer<typeof schema>;

export const transformDefinition: KindDefinition<TransformSpec, TransformStep> = {
  ...PLAIN,
  schema,
  withoutEffect: {
    retry: 'the same values give the same result each time',
    timeout: 'its work is bounded already',
    capability: 'it is computed where the run is',
    idempotent: 'it changes nothing in the world',
  },
  compile: compileTransform,
};

/** A text without `{{` is an expression; everything else is a template. */
function compileTransform(step: TransformStep, { path, problems, templates }: KindContext): TransformSpec {
  const at = [...path, 'transform'];
  const value = step.transform as Json;
  if (typeof value === 'string' && value.includes('{{')) noteOutside(value, at, problems);
  const bare = typeof value === 'string' && !value.includes('{{');
  return { kind: 'transform', value: bare ? templates.expression(value, at) : templates.node(value, at) };
}
