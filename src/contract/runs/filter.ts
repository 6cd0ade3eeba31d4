/** The filter of runs as parameters, what it counts, and which values it may name. */
import * as z from 'zod';
import { MAX_FILTER_CHARS } from '../../protocol/filter/fault.ts';
import { OCCURRING } from '../../protocol/filter/fields.ts';
import { RUN_STATUSES } from '../../protocol/status.ts';
import { storableText } from '../shared/common.ts';

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

export const FilterText = storableText(MAX_FILTER_CHARS).meta({
  description: 'Conditions that all have to hold, in the grammar of the filter.',
  example: 'status:failed,running label:team=payments created<24h cost>1.50',
});

export const filterFields = {
  filter: FilterText.optional(),
  zone: z
    .string()
    .max(100)
    .refine(isZone, 'is no time zone')
    .default('UTC')
    .meta({ description: 'In which days and clocks of the filter are meant.', example: 'Europe/Berlin' }),
};

export const RunCountQuery = z.strictObject({
  ...filterFields,
  by: z.literal('status').optional().meta({ description: 'Also counts each status.' }),
});

export type RunCountQuery = z.output<typeof RunCountQuery>;

const count = z.number().int().min(0);

export const RunCount = z
  .object({
    count: count.nullable().meta({ description: 'Exact; null: counting took too long.' }),
    by_status: z
      .partialRecord(z.enum(RUN_STATUSES), count)
      .nullable()
      .meta({ description: 'Statuses that occur; null unless asked for, or where counting took too long.' }),
  })
  .meta({ id: 'RunCount' });

export type RunCount = z.output<typeof RunCount>;

export const FilterValuesQuery = z.strictObject({
  field: z
    .enum(OCCURRING)
    .default('workflow')
    .meta({ description: 'Of the filter; of labels `name=value`.' }),
});

export type FilterValuesQuery = z.output<typeof FilterValuesQuery>;

export const FilterValues = z
  .object({
    items: z.array(z.object({ value: z.string(), runs: count })).meta({
      description:
        'Those of the newest 2,000 runs (agents, models: 500), the most frequent first; at most 200.',
    }),
  })
  .meta({ id: 'FilterValues' });

export type FilterValues = z.output<typeof FilterValues>;
