/** Steps of kind `echo`, as definitions have them: `echo: TEXT` and, if wanted, `times`. */
import { z } from 'zod';
import { PLAIN, stepSchema } from '../../../../definition/kinds/kind.ts';
import type { KindContext, KindDefinition } from '../../../../definition/kinds/kind.ts';
import { template } from '../../../../definition/fields/schema.ts';
import type { EchoSpec } from './echo-spec.ts';

const schema = stepSchema({ echo: template.min(1), times: z.int().min(1).max(100).optional() });
type EchoStep = z.infer<typeof schema>;

export const echoDefinition: KindDefinition<EchoSpec, EchoStep> = {
  ...PLAIN,
  schema,
  withoutEffect: { capability: 'any worker can say something' },
  compile: compileEcho,
};

function compileEcho({ echo, times = 1 }: EchoStep, { path, templates }: KindContext): EchoSpec {
  return { kind: 'echo', text: templates.node(echo, [...path, 'echo']), times };
}
