/** Arguments that many tools take, and their way into a request. */
import * as z from 'zod';
import { commandFields } from '../../contract/command.ts';
import { RunId, StepKey } from '../../contract/shared/common.ts';

export const run = RunId.meta({ description: 'Id of the run, whole, as list_runs tells it.' });

export const step = StepKey.meta({
  description: 'Address of a step as get_workflow_status tells it: `build`, of an item `build[3]/test`.',
});

export const cursor = z
  .string()
  .max(2_000)
  .optional()
  .meta({ description: '`next_cursor` of the answer before, for what follows.' });

/** @param normal unless told */
export const limit = (most: number, normal: number) =>
  z.number().int().min(1).max(most).default(normal).meta({ description: 'Most items of the answer.' });

/** Who acts, and under which id; of every change. */
export const acting = {
  by: commandFields.by.meta({ description: 'Who says so, for the record; default: this client.' }),
  id: commandFields.id.meta({
    description: 'Of your choice. The same id counts once: give it when you may have to send this again.',
  }),
};

/** Of changes whose repetition is told by a key and no id. */
export const keyed = {
  by: acting.by,
  idempotency_key: z.string().min(1).max(255).optional().meta({
    description:
      'Of your choice. Under the same key this counts once: give it when you may have to send it again.',
  }),
};

/** What is undefined is left out. */
export function given<T extends object>(members: T): Partial<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/** Numbers and flags as a URL has them. */
export function asQuery(
  members: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>,
): Record<string, string> {
  const entries = Object.entries(given(members)).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(',') : String(value),
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}
