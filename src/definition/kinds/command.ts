/** Steps of kind `command`: a program. */
import { z } from 'zod';
import type { Json } from '../../plan/json.ts';
import type { CommandSpec } from '../../plan/plan.ts';
import { checked, sent, template } from '../fields/schema.ts';
import { PLAIN, stepSchema } from './kind.ts';
import type { KindContext, KindDefinition } from './kind.ts';
import { nodes } from './nodes.ts';

const schema = stepSchema({
  command: z.array(template).min(1),
  cwd: template.optional(),
  env: z.record(checked, sent).optional(),
  stdin: sent.optional(),
});
type CommandStep = z.infer<typeof schema>;

export const commandDefinition: KindDefinition<CommandSpec, CommandStep> = {
  ...PLAIN,
  schema,
  takesSecrets: true,
  compile: compileCommand,
  worksInWorkspace: () => true,
};

function compileCommand(step: CommandStep, context: KindContext): CommandSpec {
  const { path, templates } = context;
  return {
    kind: 'command',
    argv: step.command.map((argument, at) => templates.node(argument, [...path, 'command', at])),
    cwd: step.cwd === undefined ? null : templates.node(step.cwd, [...path, 'cwd']),
    env: nodes(step.env, [...path, 'env'], context),
    stdin: step.stdin === undefined ? null : templates.node(step.stdin as Json, [...path, 'stdin']),
  };
}
