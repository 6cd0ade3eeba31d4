/** `baton webhooks`: where events of runs are sent, what was sent, and sending it again. */
import { Argument, type Command } from 'commander';
import type { Redelivered, WebhookDelivery } from '../../../contract/webhooks/delivery.ts';
import type { Webhook, WebhookWithSecret } from '../../../contract/webhooks/webhook.ts';
import type { Page } from '../../../contract/shared/common.ts';
import type { ApiClient } from '../../client/api-client.ts';
import { apiClient } from '../../client/target.ts';
import { who } from '../../client/who.ts';
import { CliError, EXIT } from '../../exit.ts';
import { timeArgument } from '../../input/since.ts';
import { textArgument } from '../../input/text-argument.ts';
import { note, print, withFormat, type FormatOption } from '../../terminal/output.ts';
import { deliveryList, webhookList, webhookText } from './webhook-text.ts';

export interface WebhookOptions extends FormatOption {
  readonly [option: string]: string | boolean | undefined;
}

interface Asked {
  readonly client: ApiClient;
  /** Id or name, of `add` the URL. */
  readonly words: string | undefined;
  readonly delivery: string | undefined;
  readonly options: WebhookOptions;
}

const ACTIONS: Readonly<Record<string, (asked: Asked) => Promise<void>>> = {
  list,
  add,
  show: async (asked) => shown(asked, await asked.client.json<Webhook>(pathOf(asked))),
  update: async (asked) =>
    shown(asked, await asked.client.json<Webhook>(pathOf(asked), { method: 'PUT', body: changeOf(asked) })),
  remove: async (asked) => {
    const by = new URLSearchParams({ by: who() });
    const gone = await asked.client.json<Webhook>(`${pathOf(asked)}?${by.toString()}`, { method: 'DELETE' });
    print(asked.options.output, gone, () => `${gone.id} is removed`);
  },
  rotate,
  test,
  deliveries,
  redeliver,
};

export function addWebhooks(program: Command): void {
  withFormat(program.command('webhooks'))
    .description(
      'where events of runs are sent: add, show, change, try and remove webhooks, and their deliveries',
    )
    .addArgument(new Argument('[action]', 'what to do').choices(Object.keys(ACTIONS)).default('list'))
    .argument('[webhook]', 'id or name; of add the URL (@file, -)')
    .argument('[delivery]', 'redeliver: the id of one (default: all that were given up or missed)')
    .option('--name <name>', 'add, update: by which definitions name it')
    .option('--url <url>', 'update: another URL (@file, -)')
    .option(
      '--events <list>',
      'add, update: names, families (run.*) and occasions (failure), comma-separated',
    )
    .option('--filter <filter>', 'add, update: only of runs that fit, as in baton list')
    .option('--for <person>', 'add, update: only what concerns this person; empty: no longer so')
    .option('--description <text>', 'add, update: for people')
    .option('--secret <secret>', 'add, rotate: a secret of your own, whsec_… (@file, -)')
    .option('--enable', 'update: switch it on, also one that was given up')
    .option('--disable', 'update: switch it off')
    .option('--overlap <hours>', 'rotate: so long the former secret signs too (default: 24)')
    .option('--status <list>', 'deliveries: pending, delivered, dead, missed; redeliver: dead, missed')
    .option('--type <event>', 'deliveries: of this event')
    .option('--run <run>', 'deliveries: of this run, by its whole id')
    .option('--since <time>', 'redeliver: only of events told since then')
    .option('--limit <n>', 'deliveries: most of them', '50')
    .option('--cursor <cursor>', 'deliveries: next_cursor of the page before')
    .action(
      async (
        action: string,
        words: string | undefined,
        delivery: string | undefined,
        options: WebhookOptions,
      ) => {
        await ACTIONS[action]?.({ client: apiClient(), words, delivery, options });
      },
    );
}

async function list({ client, options }: Asked): Promise<void> {
  const { items } = await client.json<{ items: Webhook[] }>('/webhooks');
  print(options.output, items, () => webhookList(items));
}

async function add({ client, words, options }: Asked): Promise<void> {
  const url = textArgument(needed(words, 'the URL'), 'the URL');
  const content = { url, ...contentOf(options), ...secretOf(options) };
  await create(client, options, content);
}

/** @param content as the API takes it, without `by` */
export async function create(client: ApiClient, options: FormatOption, content: object): Promise<void> {
  const made = await client.json<WebhookWithSecret>('/webhooks', {
    method: 'POST',
    body: { ...content, by: who() },
  });
  print(options.output, made, () => secretText(made));
}

async function rotate(asked: Asked): Promise<void> {
  const { options, client } = asked;
  const hours = text(options, 'overlap');
  const overlap = hours === undefined ? {} : { overlap_hours: Number(hours) };
  const body = { ...secretOf(options), ...overlap, by: who() };
  const made = await client.json<WebhookWithSecret>(`${pathOf(asked)}/rotate`, { method: 'POST', body });
  print(options.output, made, () => secretText(made));
}

export async function test(asked: Asked): Promise<void> {
  const body = { by: who() };
  const sent = await asked.client.json<WebhookDelivery>(`${pathOf(asked)}/test`, { method: 'POST', body });
  print(asked.options.output, sent, () => `delivery ${sent.id} is on its way; see baton webhooks deliveries`);
}

async function deliveries(asked: Asked): Promise<void> {
  const { options, client } = asked;
  const given = ['status', 'type', 'run', 'limit', 'cursor'].flatMap((name) => {
    const value = text(options, name);
    return value === undefined ? [] : [[name, value] as [string, string]];
  });
  const page = await client.json<Page<WebhookDelivery>>(
    `${pathOf(asked)}/deliveries?${new URLSearchParams(given).toString()}`,
  );
  print(options.output, page, () => deliveryList(page.items));
  if (options.output === 'text' && page.next_cursor !== null) note(`more: --cursor ${page.next_cursor}`);
}

async function redeliver(asked: Asked): Promise<void> {
  const { options, client, delivery } = asked;
  if (delivery !== undefined) {
    const path = `${pathOf(asked)}/deliveries/${encodeURIComponent(delivery)}/redeliver`;
    const again = await client.json<WebhookDelivery>(path, { method: 'POST', body: { by: who() } });
    return print(options.output, again, () => `delivery ${again.id} is made again`);
  }
  const [status, since] = [text(options, 'status'), text(options, 'since')];
  const body = {
    ...(status !== undefined && { status: status.split(',').map((one) => one.trim()) }),
    ...(since !== undefined && { since: timeArgument(since, '--since') }),
    by: who(),
  };
  const told = await client.json<Redelivered>(`${pathOf(asked)}/redeliver`, { method: 'POST', body });
  print(options.output, told, () => `${told.deliveries} deliveries are made again`);
}

function changeOf({ options }: Asked): object {
  const url = text(options, 'url');
  const { enable, disable } = options;
  return {
    ...(url !== undefined && { url: textArgument(url, 'the URL') }),
    ...contentOf(options),
    ...((enable === true || disable === true) && { enabled: enable === true }),
    by: who(),
  };
}

function contentOf(options: WebhookOptions): object {
  const [name, events, filter] = [text(options, 'name'), text(options, 'events'), text(options, 'filter')];
  const [description, person] = [text(options, 'description'), text(options, 'for')];
  return {
    ...(name !== undefined && { name }),
    ...(events !== undefined && { events: listIn(events) }),
    ...(filter !== undefined && { filter }),
    ...(person !== undefined && { for: person === '' ? null : person }),
    ...(description !== undefined && { description }),
  };
}

function secretOf(options: WebhookOptions): object {
  const secret = text(options, 'secret');
  return secret === undefined ? {} : { secret: textArgument(secret, 'the secret') };
}

export const listIn = (words: string): string[] =>
  words
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');

function text(options: WebhookOptions, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

const pathOf = ({ words }: Asked): string => `/webhooks/${encodeURIComponent(needed(words, 'a webhook'))}`;

export function needed(words: string | undefined, what: string): string {
  if (words !== undefined) return words;
  throw new CliError(EXIT.usage, `name ${what}; see baton webhooks --help`, { code: 'argument_missing' });
}

const shown = ({ options }: Asked, webhook: Webhook): void =>
  print(options.output, webhook, () => webhookText(webhook));

const secretText = (made: WebhookWithSecret): string =>
  made.secret === null
    ? webhookText(made)
    : `${webhookText(made)}\nsecret: ${made.secret}\n(it is not shown again)`;
