/** Deliveries: what was, is to be or could not be sent to a webhook. */
import * as z from 'zod';
import { Cursor, JsonValue, RunId, Timestamp, limit, listOf, storableText } from '../shared/common.ts';

export const DELIVERY_STATUSES = ['pending', 'delivered', 'dead', 'missed'] as const;

const delivery = {
  id: z.string(),
  webhook: z.string(),
  event_id: z
    .string()
    .meta({ description: '`webhook-id` and the id of the CloudEvent: the same in every try.' }),
  type: z.string().meta({ example: 'run.completed' }),
  run_id: z.string().nullable(),
  status: z.enum(DELIVERY_STATUSES).meta({
    description:
      '`pending`: it waits or is tried again; `dead`: given up after a day; `missed`: not tried, since Baton had given the ' +
      'webhook up.',
  }),
  attempts: z.number().int().min(0),
  next_attempt_at: Timestamp.nullable().meta({
    description: 'Of a pending one; null while an earlier event of its run has not been tried.',
  }),
  created_at: Timestamp,
  ended_at: Timestamp.nullable(),
  tries: z
    .array(
      z.object({
        at: Timestamp,
        status: z.number().int().nullable().meta({ description: 'Of the HTTP answer, where there was one.' }),
        error: z.string().nullable().meta({ description: 'Null of the one that arrived.' }),
        ms: z.number().int().min(0),
      }),
    )
    .meta({ description: 'The newest twenty, the oldest first.' }),
};

export const WebhookDelivery = z.object(delivery).meta({ id: 'WebhookDelivery' });

export type WebhookDelivery = z.output<typeof WebhookDelivery>;

export const WholeDelivery = z
  .object({ ...delivery, event: JsonValue.meta({ description: 'The CloudEvent as it is sent.' }) })
  .meta({ id: 'WholeDelivery' });

export type WholeDelivery = z.output<typeof WholeDelivery>;

export const DeliveryParams = z.object({
  webhook: storableText(100).min(1),
  delivery: z.string().regex(/^\d{1,15}$/, 'must be the id of a delivery'),
});

export const DeliveryFilter = z.strictObject({
  status: listOf(DELIVERY_STATUSES)
    .optional()
    .meta({ type: 'string', description: `Comma list: ${DELIVERY_STATUSES.join(', ')}.` }),
  type: storableText(60).optional(),
  run: RunId.optional(),
  limit: limit(200, 50),
  cursor: Cursor,
});

export type DeliveryFilter = z.output<typeof DeliveryFilter>;

/** Which deliveries are made again. */
export const Redelivery = z.strictObject({
  status: z
    .array(z.enum(['dead', 'missed']))
    .min(1)
    .default(['dead', 'missed']),
  since: z.iso.datetime({ offset: true }).optional().meta({ description: 'Only of events told since then.' }),
  by: storableText(200).min(1).optional(),
});

export type Redelivery = z.output<typeof Redelivery>;

export const Redelivered = z.object({ deliveries: z.number().int().min(0) }).meta({ id: 'Redelivered' });

export type Redelivered = z.output<typeof Redelivered>;
