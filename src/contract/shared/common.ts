/** Pieces that several schemas share. */
import * as z from 'zod';
import type { Json } from '../../plan/json.ts';
import type { Consumption } from '../../protocol/usage.ts';

/** Any JSON value; typed, not walked over. */
export const JsonValue = z.unknown().meta({ description: 'Any JSON value.' }) as z.ZodType<Json>;

/** JSON in a form that is kept elsewhere (a plan, its inputs): typed, not walked over. */
export const jsonOf = <T>(description: string) =>
  z.unknown().meta({ description }) as unknown as z.ZodType<T>;

export const Timestamp = z.string().meta({ format: 'date-time', description: 'ISO 8601, UTC.' });

const isStorable = (value: string) => !/[\0\p{Surrogate}]/u.test(value);
const NOT_STORABLE = 'must not hold NUL or half a surrogate pair';

/** Text that Postgres can store in every column: also inside jsonb. */
export const storable = z.string().refine(isStorable, NOT_STORABLE);

/** The same, of limited length. */
export const storableText = (most: number) => z.string().max(most).refine(isStorable, NOT_STORABLE);

/** Ids that operators may have chosen too: Temporal takes any text up to 1,000 bytes. */
export const RunId = z
  .string()
  .min(1)
  .max(1_000)
  .refine((text) => !text.includes('\0'), 'must not hold NUL')
  .meta({ description: 'The run id: the Temporal workflow id.', example: 'code-review-workflow-4f7k2m9qzx' });

export const StepKey = z
  .string()
  .min(1)
  .max(1_000)
  .refine((text) => !text.includes('\0'), 'must not hold NUL')
  .meta({ description: 'The step’s address, percent-encoded in paths.', example: 'security-audit' });

export const WorkflowName = z.string().min(1).max(400).meta({ example: 'code-review-workflow' });

/** A parameter that may be given several times, as a list. */
export const repeatable = (item: z.ZodString) =>
  z.union([item, z.array(item)]).transform((value) => (Array.isArray(value) ? value : [value]));

/** `a,b,c` as a list. */
export const commaList = z
  .string()
  .min(1)
  .transform((text) => text.split(',').map((item) => item.trim()));

/** `a,b,c` as a list of these. */
export const listOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  commaList.pipe(z.array(z.enum(values)));

export const limit = (most: number, normal: number) =>
  z.coerce
    .number()
    .int()
    .min(1)
    .max(most)
    .default(normal)
    .meta({ description: `Most items of a page (${normal}).` });

export const Cursor = z
  .string()
  .max(2_000)
  .optional()
  .meta({ description: '`next_cursor` of the page before.' });

/** A parameter that is on or off; off unless given. */
export const flag = z
  .enum(['true', 'false', '1', '0'])
  .default('false')
  .transform((text) => text === 'true' || text === '1');

/** Of lists by `seq`. */
export const afterSeq = z.coerce
  .number()
  .int()
  .min(0)
  .default(0)
  .meta({ type: 'integer', description: 'Only what has a greater `seq`: `next_cursor` of the page before.' });

/** Lists by `seq` that are read from their end, too. Streams go forward alone. */
export const backwards = {
  before: z.coerce.number().int().min(0).optional().meta({
    type: 'integer',
    description: 'Only what has a smaller `seq`: with `order=desc` `next_cursor` of the page before.',
  }),
  order: z
    .enum(['asc', 'desc'])
    .optional()
    .meta({ description: 'Of a page: `desc` begins with the newest; default: `asc`.' }),
};
export const mostItems = z.coerce
  .number()
  .int()
  .min(1)
  .max(1_000)
  .default(200)
  .meta({ description: 'Most items of a page (200).' });

const figure = z.number().int().min(0);

/** What model calls have consumed. */
export const consumption = {
  turns: figure,
  input_tokens: figure,
  output_tokens: figure,
  total_tokens: figure,
  cost_estimate: figure.nullable().meta({ description: 'Micro-dollars; null when any price is unknown.' }),
} satisfies Record<keyof Consumption, z.ZodType>;

/** Why something is paused in Temporal, as far as the operator said. */
export const heldBy = { by: z.string().nullable(), reason: z.string().nullable() };

/** A page of a list. */
export const pageSchema = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    next_cursor: z.string().nullable().meta({ description: 'Null on the last page.' }),
  });

/** What {@link pageSchema} describes. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next_cursor: string | null;
}
