/** Why a step of a run is where it is, as JSON. */
import * as z from 'zod';
import { SHOWN_STEP_STATUSES } from '../../protocol/status.ts';
import { JsonValue, Timestamp } from '../shared/common.ts';

const count = z.number().int();
const text = z.string().nullable();

/** What a step may wait for. */
const WAITS = [
  ...(['dependencies', 'hold', 'level', 'window', 'alone', 'workspace', 'pause'] as const),
  ...(['retry', 'time', 'people', 'work', 'next_task', 'end'] as const),
] as const;

export const WhyWait = z
  .object({
    for: z.enum(WAITS).meta({
      description:
        '`dependencies`: steps that have not settled; `hold`: somebody holds it; `level`: those of the level before; `window`: as many steps as may are open; ' +
        '`alone`: another step is, or is next to be, alone (`steps`), or it is to be alone itself; `workspace`; `pause`; `retry`: the delay before a try; ' +
        '`time`: it lasts until then; `people`: their answers; `work`: workers do it, or have yet to take it up; `next_task`: it starts next; `end`: the run stops.',
    }),
    steps: z
      .array(z.object({ key: z.string(), status: text }))
      .meta({ description: 'Of `dependencies`, `level` and `alone`; of very many the first 50.' }),
    more_steps: count.meta({ description: 'So many more.' }),
    questions: z.array(z.string()),
    activities: z.array(z.string()).meta({ description: 'Ids of activities in Temporal.' }),
    open: count.nullable().meta({ description: 'Of `window`: how many are open …' }),
    most: count.nullable().meta({ description: '… and how many may be.' }),
    until: Timestamp.nullable().meta({ description: 'Null where nobody knows, or a pause stops the clock.' }),
    by: text,
    reason: text,
  })
  .meta({ id: 'WhyWait' });

export type WhyWait = z.output<typeof WhyWait>;

export const WhyCondition = z
  .object({
    source: z.string().meta({ description: 'The compiled expression.' }),
    values: z
      .array(
        z.object({
          name: z.string().meta({ description: 'Such as `steps.build.result.exit_code`, or `succeeded()`.' }),
          missing: z.boolean().meta({ description: 'There was no such value.' }),
          value: JsonValue.meta({ description: 'As it was; of a large one the beginning of its JSON.' }),
          cut: z.boolean().meta({ description: '`value` is only the beginning.' }),
          bytes: count.meta({ description: 'Of the whole value as JSON.' }),
        }),
      )
      .meta({ description: 'What it read.' }),
    result: JsonValue.meta({ description: 'What came of it; null with `error`.' }),
    error: text,
  })
  .meta({ id: 'WhyCondition' });

export type WhyCondition = z.output<typeof WhyCondition>;

/** Why a failed attempt is not followed by another. */
const NO_FURTHER_TRY = ['not_retryable', 'used_up', 'not_wanted', 'ending', 'told'] as const;

export const WhyRetry = z
  .object({
    error: z.object({ type: z.string(), category: z.string(), message: z.string(), attempt: count }),
    again: z.boolean(),
    rule: z.enum(['retry', 'machinery']).nullable().meta({
      description: '`retry`: the step’s own; `machinery`: the budget for failures of the machinery.',
    }),
    delay_ms: count.nullable(),
    because: z
      .enum(NO_FURTHER_TRY)
      .nullable()
      .meta({
        description:
          'Why there is no further try. `not_retryable`: another does not mend it; `used_up`: all tries are used; `not_wanted`: `retry.if` does not hold; ' +
          '`ending`: the run, or what the step stands in, ends; `told`: a person wants none.',
      }),
    tries: count.meta({ description: 'Tries so far that `retry` counts.' }),
    attempts: count.meta({ description: 'Tries that `retry` has in all.' }),
    infra_failures: count.meta({ description: 'Failures of the machinery in this try.' }),
    if: WhyCondition.nullable(),
  })
  .meta({ id: 'WhyRetry' });

export type WhyRetry = z.output<typeof WhyRetry>;

const WHY_DECISIONS = [
  ...([
    'waited',
    'ran',
    'went_on',
    'retried',
    'routed',
    'completed',
    'failed',
    'skipped',
    'stopped',
  ] as const),
  ...([
    'interrupted',
    'held',
    'released',
    'told',
    'rerun',
    'refused',
    'added',
    'changed',
    'removed',
    'restored',
  ] as const),
] as const;

export const WhyDecision = z
  .object({
    seq: count.meta({ description: 'The event that tells of it; of a wait, the newest when it began.' }),
    at: Timestamp,
    epoch: count.nullable(),
    attempt: count.nullable(),
    decision: z.enum(WHY_DECISIONS).meta({
      description:
        '`routed`: another model is asked; `went_on`: after people had answered; `told`: a person acts on the step; `rerun`: an edit has it run anew; `refused`: what somebody wanted of it; ' +
        '`added`, `changed`, `removed`: by an edit of the plan; `restored`: it stands again as a former branch had it.',
    }),
    reason: text.meta({ description: 'In words.' }),
    by: text.meta({ description: 'Who wanted it.' }),
    caused_by: count.nullable().meta({ description: 'seq of the event that led to it.' }),
    until: Timestamp.nullable().meta({ description: 'Of a wait that is over.' }),
    waited_for: z.array(WhyWait),
    condition: WhyCondition.nullable().meta({ description: 'Its `when`.' }),
    retry: WhyRetry.nullable().meta({ description: 'How a failed attempt was judged.' }),
  })
  .meta({ id: 'WhyDecision' });

export type WhyDecision = z.output<typeof WhyDecision>;

export const StepWhy = z
  .object({
    run_id: z.string(),
    step: z.string(),
    seq: count.meta({ description: 'The event after which it was so.' }),
    at: Timestamp,
    revision: count.meta({ description: 'Of the plan as of then.' }),
    status: z.enum(SHOWN_STEP_STATUSES),
    attempt: count,
    waits_for: z.array(WhyWait).meta({ description: 'As of then.' }),
    decisions: z.array(WhyDecision),
  })
  .meta({ id: 'StepWhy' });

export type StepWhy = z.output<typeof StepWhy>;
