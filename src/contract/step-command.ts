/** What commands on a single step take, and new limits of a step or a run. */
import * as z from 'zod';
import { LEAST_DOLLARS, MAX_DOLLARS } from '../protocol/money.ts';
import { MAX_TOKENS, MAX_TURNS } from '../protocol/new-limits.ts';
import { Duration, commandFields } from './command.ts';
import { JsonValue } from './shared/common.ts';

const value = JsonValue.meta({ description: 'The result of the step, at most 32 KB as JSON.' });

export const SkipStep = z.strictObject({ ...commandFields, value: value.optional() }).meta({
  id: 'SkipStep',
  description: 'With a value the step completes with it, without one it is skipped.',
});

export type SkipStep = z.output<typeof SkipStep>;

export const OverrideStep = z
  .strictObject({
    ...commandFields,
    value: value.refine((given) => given !== undefined, 'is missing: the new result'),
  })
  .meta({ id: 'OverrideStep' });

export type OverrideStep = z.output<typeof OverrideStep>;

const limits = {
  max_turns: z.number().int().min(1).max(MAX_TURNS).optional(),
  max_tokens: z.number().int().min(1).max(MAX_TOKENS).optional(),
  max_cost_usd: z.number().min(LEAST_DOLLARS).max(MAX_DOLLARS).optional(),
  max_duration: Duration.refine((ms) => ms > 0, 'must be longer than nothing').optional(),
};
const NAMES = Object.keys(limits) as (keyof typeof limits)[];

export const SetLimits = z
  .strictObject({ ...commandFields, ...limits })
  .refine((given) => NAMES.some((name) => given[name] !== undefined), `needs one of ${NAMES.join(', ')}`)
  .meta({
    id: 'SetLimits',
    description: 'What may be used up in all, from now on; what is left out stays as it is.',
  });

export type SetLimits = z.output<typeof SetLimits>;
