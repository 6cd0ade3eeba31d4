/** Webhooks and what they are told: where events of runs are sent. */
import * as z from 'zod';
import { EVENT_WORDS } from '../../protocol/outgoing/event-names.ts';
import { FilterText } from '../runs/filter.ts';
import { Timestamp, storableText } from '../shared/common.ts';
import { DELIVERY_STATUSES } from './delivery.ts';

const KINDS = ['webhook', 'slack', 'email'] as const;
const Person = storableText(200).min(1);

const EventWord = z.enum(EVENT_WORDS).meta({ example: 'run.*' });

const Url = storableText(2_000)
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), 'must be an https: URL')
  .refine(
    (text) => !URL.canParse(text) || isWithoutLogin(new URL(text)),
    'must not hold a user or a password',
  )
  .meta({ example: 'https://example.com/baton', format: 'uri' });

const isWithoutLogin = ({ username, password }: URL): boolean => username === '' && password === '';

/** Key of an HMAC: 24 to 64 bytes, as Standard Webhooks has it. */
const Secret = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/, 'must be whsec_ and 24 to 64 bytes as base64')
  .meta({ description: 'Signs what is sent; made by Baton unless given.' });

const fields = {
  name: storableText(64)
    .regex(/^[A-Za-z0-9][\w.-]*$/, 'must be of letters, digits, ".", "_" and "-"')
    .nullable()
    .meta({ description: 'By which definitions name it (`notify.to`).', example: 'team-payments' }),
  addresses: z.array(z.email().max(254)).max(20).meta({ description: 'Of kind `email`.' }),
  description: storableText(500),
  events: z.array(EventWord).max(50).meta({
    description:
      'Names, families (`run.*`) and occasions (`failure`); none: only what definitions name it for.',
  }),
  filter: FilterText.meta({ description: 'Only of runs that fit, as they stand when the event is told.' }),
  for: Person.nullable().meta({
    description:
      'Only what concerns this person: a question that names who may answer concerns those, everything else whoever started ' +
      'the run. Null: whatever the filter lets through.',
    example: 'ana',
  }),
  enabled: z.boolean(),
};

const by = Person.optional().meta({ description: 'Who says so, for people.' });

/** What is sent to make one. */
export const WebhookContent = z
  .strictObject({
    kind: z.enum(KINDS).default('webhook'),
    name: fields.name.default(null),
    url: Url.nullable().default(null).meta({ description: 'Of kinds `webhook` and `slack`.' }),
    addresses: fields.addresses.default([]),
    description: fields.description.default(''),
    events: fields.events
      .optional()
      .meta({ description: '`*` unless given; of the other kinds `question`, `failure` and `budget`.' }),
    filter: fields.filter.default(''),
    for: fields.for.default(null),
    secret: Secret.optional(),
    enabled: fields.enabled.default(true),
    by,
  })
  .refine(({ kind, url }) => (kind === 'email') === (url === null), {
    path: ['url'],
    message: 'must be given, except for kind email',
  })
  .refine(({ kind, addresses }) => (kind === 'email') === addresses.length > 0, {
    path: ['addresses'],
    message: 'must be given for kind email, and for no other',
  })
  .meta({ id: 'WebhookContent' });

export type WebhookContent = z.output<typeof WebhookContent>;

/** What is sent to change one: what is left out stays. */
export const WebhookChange = z
  .strictObject({
    name: fields.name.optional(),
    url: Url.optional(),
    addresses: fields.addresses.min(1).optional(),
    description: fields.description.optional(),
    events: fields.events.optional(),
    filter: fields.filter.optional(),
    for: fields.for.optional(),
    enabled: fields.enabled.optional().meta({
      description: '`true` also takes up one that Baton has given up; what it missed is not sent by that.',
    }),
    by,
  })
  .meta({ id: 'WebhookChange' });

export type WebhookChange = z.output<typeof WebhookChange>;

const webhook = {
  id: z.string(),
  kind: z.enum(KINDS),
  name: fields.name,
  url: z
    .string()
    .nullable()
    .meta({
      description:
        'Without its query, and of Slack without its path: they may be secret. Null of e-mail, and where the API lacks the key that ' +
        'it is sealed by.',
    }),
  addresses: z.array(z.string()),
  description: z.string(),
  events: z.array(z.string()),
  filter: z.string(),
  for: fields.for,
  enabled: z.boolean(),
  disabled_reason: z.string().nullable().meta({ description: 'Why Baton has given it up.' }),
  dead_in_row: z.number().int().min(0).meta({ description: 'Given up since the last that arrived.' }),
  pending: z.number().int().min(0).meta({ description: 'Deliveries that are still to be made.' }),
  last_delivery: z
    .object({
      type: z.string(),
      status: z.enum(DELIVERY_STATUSES),
      error: z
        .string()
        .nullable()
        .meta({ description: 'Of its last try; null where that arrived or there was none.' }),
      created_at: Timestamp,
    })
    .nullable()
    .meta({ description: 'The newest; null: there is none yet, or the log is forgotten.' }),
  previous_secret_until: Timestamp.nullable().meta({
    description: 'Until then there is a signature with the former secret too.',
  }),
  created_at: Timestamp,
  updated_at: Timestamp,
  updated_by: z.string().nullable(),
};

export const Webhook = z.object(webhook).meta({ id: 'Webhook' });

export type Webhook = z.output<typeof Webhook>;

/** As it is told once: when it is made, and when its secret is another. */
export const WebhookWithSecret = z
  .object({
    ...webhook,
    secret: z
      .string()
      .nullable()
      .meta({ description: 'Told only now. Null of the kinds that are not signed.' }),
  })
  .meta({ id: 'WebhookWithSecret' });

export type WebhookWithSecret = z.output<typeof WebhookWithSecret>;

export const Webhooks = z.object({ items: z.array(Webhook) });

export const WebhookParams = z.object({
  webhook: storableText(100).min(1).meta({ description: 'Its id, or its name.' }),
});

export const WebhookBy = z.strictObject({ by });

/** What is sent to change a secret. */
export const SecretRotation = z.strictObject({
  secret: Secret.optional(),
  overlap_hours: z.number().min(0).max(720).default(24).meta({
    description:
      'So long there is a signature with the former secret too; 0: from now on with the new one alone.',
  }),
  by,
});

export type SecretRotation = z.output<typeof SecretRotation>;
