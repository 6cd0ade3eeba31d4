/** Webhooks: where events of runs are sent, with the log of it. */
import {
  DeliveryFilter,
  DeliveryParams,
  Redelivered,
  Redelivery,
  WebhookDelivery,
  WholeDelivery,
} from '../../../contract/webhooks/delivery.ts';
import {
  SecretRotation,
  Webhook,
  WebhookBy,
  WebhookChange,
  WebhookContent,
  WebhookParams,
  WebhookWithSecret,
  Webhooks,
} from '../../../contract/webhooks/webhook.ts';
import { pageSchema } from '../../../contract/shared/common.ts';
import { endpoint, reply, type Endpoint } from '../../http/endpoint.ts';

const ONE = '/webhooks/:webhook';
const DELIVERIES = `${ONE}/deliveries`;
const one = { tag: 'webhooks', params: WebhookParams } as const;
const by = { kind: 'json', schema: WebhookBy } as const;

const list = endpoint({
  method: 'get',
  path: '/webhooks',
  operation: 'listWebhooks',
  tag: 'webhooks',
  summary: 'List the webhooks',
  responses: { 200: { description: 'All of them, in the order in which they were made.', schema: Webhooks } },
  handle: async ({ service }) => reply(200, await service.listWebhooks()),
});

const create = endpoint({
  method: 'post',
  path: '/webhooks',
  operation: 'createWebhook',
  action: 'create webhook',
  tag: 'webhooks',
  summary: 'Have events sent somewhere',
  body: { kind: 'json', schema: WebhookContent },
  responses: { 201: { description: 'The webhook, with its secret.', schema: WebhookWithSecret } },
  problems: ['webhook_exists', 'too_many_webhooks', 'invalid_filter', 'sealing_key_unavailable'],
  handle: async ({ body, service }) => reply(201, await service.createWebhook(body)),
});

const get = endpoint({
  ...one,
  method: 'get',
  path: ONE,
  operation: 'getWebhook',
  summary: 'Get a webhook',
  responses: { 200: { description: 'The webhook.', schema: Webhook } },
  problems: ['webhook_not_found'],
  handle: async ({ params, service }) => reply(200, await service.getWebhook(params.webhook)),
});

const change = endpoint({
  ...one,
  method: 'put',
  path: ONE,
  operation: 'changeWebhook',
  action: 'change webhook',
  summary: 'Change a webhook: what is left out stays',
  body: { kind: 'json', schema: WebhookChange },
  responses: { 200: { description: 'The webhook as it is now.', schema: Webhook } },
  problems: ['webhook_not_found', 'webhook_exists', 'invalid_filter', 'sealing_key_unavailable'],
  handle: async ({ params, body, service }) => reply(200, await service.changeWebhook(params.webhook, body)),
});

const remove = endpoint({
  ...one,
  method: 'delete',
  path: ONE,
  operation: 'deleteWebhook',
  action: 'remove webhook',
  summary: 'Remove a webhook, with its log',
  query: WebhookBy,
  responses: { 200: { description: 'The webhook as it was.', schema: Webhook } },
  problems: ['webhook_not_found'],
  handle: async ({ params, service }) => reply(200, await service.deleteWebhook(params.webhook)),
});

const rotate = endpoint({
  ...one,
  method: 'post',
  path: `${ONE}/rotate`,
  operation: 'rotateWebhookSecret',
  action: 'rotate webhook secret',
  summary: 'Give a webhook another secret',
  body: { kind: 'json', schema: SecretRotation },
  responses: { 200: { description: 'The webhook, with its new secret.', schema: WebhookWithSecret } },
  problems: ['webhook_not_found', 'sealing_key_unavailable'],
  handle: async ({ params, body, service }) =>
    reply(200, await service.rotateWebhookSecret(params.webhook, body)),
});

const test = endpoint({
  ...one,
  method: 'post',
  path: `${ONE}/test`,
  operation: 'testWebhook',
  action: 'test webhook',
  summary: 'Send an event of nothing',
  body: by,
  responses: { 202: { description: 'Its delivery, which is still to be made.', schema: WebhookDelivery } },
  problems: ['webhook_not_found', 'webhook_disabled'],
  handle: async ({ params, service }) => reply(202, await service.testWebhook(params.webhook)),
});

const deliveries = endpoint({
  ...one,
  method: 'get',
  path: DELIVERIES,
  operation: 'listWebhookDeliveries',
  summary: 'List what a webhook was sent, newest first',
  query: DeliveryFilter,
  responses: { 200: { description: 'A page of the log.', schema: pageSchema(WebhookDelivery) } },
  problems: ['webhook_not_found', 'invalid_cursor'],
  handle: async ({ params, query, service }) =>
    reply(200, await service.listWebhookDeliveries(params.webhook, query)),
});

const delivery = endpoint({
  method: 'get',
  path: `${DELIVERIES}/:delivery`,
  operation: 'getWebhookDelivery',
  tag: 'webhooks',
  summary: 'Get a delivery with what is sent',
  params: DeliveryParams,
  responses: { 200: { description: 'The delivery.', schema: WholeDelivery } },
  problems: ['webhook_not_found', 'delivery_not_found'],
  handle: async ({ params, service }) =>
    reply(200, await service.getWebhookDelivery(params.webhook, params.delivery)),
});

const redeliver = endpoint({
  method: 'post',
  path: `${DELIVERIES}/:delivery/redeliver`,
  operation: 'redeliverWebhook',
  action: 'redeliver',
  tag: 'webhooks',
  summary: 'Make a delivery again, under the same id',
  params: DeliveryParams,
  body: by,
  responses: { 202: { description: 'The delivery, which is still to be made.', schema: WebhookDelivery } },
  problems: ['webhook_not_found', 'delivery_not_found', 'webhook_disabled'],
  handle: async ({ params, service }) =>
    reply(202, await service.redeliverWebhook(params.webhook, params.delivery)),
});

const redeliverMany = endpoint({
  ...one,
  method: 'post',
  path: `${ONE}/redeliver`,
  operation: 'redeliverWebhooks',
  action: 'redeliver',
  summary: 'Make all deliveries again that were given up or missed',
  body: { kind: 'json', schema: Redelivery },
  responses: { 202: { description: 'How many.', schema: Redelivered } },
  problems: ['webhook_not_found', 'webhook_disabled'],
  handle: async ({ params, body, service }) =>
    reply(202, await service.redeliverWebhooks(params.webhook, body)),
});

export const webhookRoutes: readonly Endpoint[] = [
  ...[list, create, get, change, remove],
  ...[rotate, test, deliveries, delivery, redeliver, redeliverMany],
];
