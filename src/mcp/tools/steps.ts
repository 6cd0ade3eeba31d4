/** Commands on single steps. */
import * as z from 'zod';
import type { CommandAnswer } from '../../contract/command.ts';
import { commandFields } from '../../contract/command.ts';
import { JsonValue } from '../../contract/shared/common.ts';
import { tool, type Tool } from '../tool.ts';
import { acting, given, run, step } from './arguments.ts';
import { Ordered, ordered } from './ordered.ts';

const OPERATIONS = {
  retry: 'retryStep',
  stop_retrying: 'stopRetryingStep',
  hold: 'holdStep',
  release: 'releaseStep',
  skip: 'skipStep',
  override: 'overrideStep',
  compact: 'compactStep',
} as const;

const ACTIONS = ['retry', 'stop_retrying', 'hold', 'release', 'skip', 'override', 'compact'] as const;
/** Those that take a value. */
const VALUED: ReadonlySet<(typeof ACTIONS)[number]> = new Set(['skip', 'override'] as const);

const steer = tool({
  name: 'steer_step',
  title: 'Act on a step',
  description:
    '`retry`: try again now a step that waits for its next try. `stop_retrying`: it fails with its last error. `hold`: it does not start until `release`. `skip`: end a step that is not at work, completed with `value` if given. `override`: replace the result of an ended step by `value`, before anything has read it. `compact`: have the older turns of an agent summarised.',
  scope: 'steer',
  destructive: true,
  operations: Object.values(OPERATIONS),
  input: z
    .strictObject({
      run,
      step,
      action: z.enum(ACTIONS),
      value: JsonValue.optional().meta({ description: 'Of `skip` and `override`: the result.' }),
      reason: commandFields.reason.meta({ description: 'Why, for people and for the record.' }),
      ...acting,
    })
    .refine(({ action, value }) => value === undefined || VALUED.has(action), {
      path: ['value'],
      message: 'is only for `skip` and `override`',
    }),
  output: Ordered,
  run: async ({ run: id, step: key, action, by, id: own, ...body }, call) =>
    ordered(
      await call.order<CommandAnswer>(OPERATIONS[action], {
        params: { id, key },
        body: given({ ...body, by: by ?? call.by, id: own ?? call.key }),
      }),
    ),
});

export const stepTools: readonly Tool[] = [steer];
