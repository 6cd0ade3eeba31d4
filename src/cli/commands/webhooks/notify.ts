/** `baton notify`: people are told of questions, failures and budgets, in Slack or by e-mail. */
import { Argument, type Command } from 'commander';
import type { Webhook } from '../../../contract/webhooks/webhook.ts';
import { apiClient } from '../../client/target.ts';
import { who } from '../../client/who.ts';
import { CliError, EXIT } from '../../exit.ts';
import { textArgument } from '../../input/text-argument.ts';
import { print, withFormat, type FormatOption } from '../../terminal/output.ts';
import { webhookList } from './webhook-text.ts';
import { create, listIn, needed, test } from './webhooks.ts';

interface NotifyOptions extends FormatOption {
  readonly [option: string]: string | undefined;
  readonly slack?: string;
  readonly email?: string;
  readonly webhook?: string;
  readonly on?: string;
  readonly filter?: string;
  readonly for?: string;
}

export function addNotify(program: Command): void {
  withFormat(program.command('notify'))
    .description('tell people of questions, failures and budgets: in Slack, by e-mail, or by a webhook')
    .addArgument(new Argument('<action>', 'what to do').choices(['add', 'list', 'test', 'remove']))
    .argument('[name]', 'a name of yours, by which definitions name it too')
    .option('--slack <url>', 'add: the address of an incoming webhook of Slack (@file, -)')
    .option('--email <addresses>', 'add: e-mail addresses, comma-separated')
    .option('--webhook <url>', 'add: any other address (@file, -)')
    .option('--on <list>', 'add: question, failure, budget, completed (default: the first three); none')
    .option('--filter <filter>', 'add: only of runs that fit, as in baton list')
    .option(
      '--for <person>',
      'add: only what concerns this person: runs started under this name, questions that name it',
    )
    .action(async (action: string, words: string | undefined, options: NotifyOptions) => {
      const client = apiClient();
      if (action === 'list') {
        const { items } = await client.json<{ items: Webhook[] }>('/webhooks');
        return print(options.output, items, () => webhookList(items));
      }
      const name = needed(words, 'whom to tell');
      if (action === 'add') return create(client, options, { name, ...target(options), ...wishes(options) });
      if (action === 'test') return test({ client, words: name, delivery: undefined, options });
      const by = new URLSearchParams({ by: who() });
      const path = `/webhooks/${encodeURIComponent(name)}?${by.toString()}`;
      const gone = await client.json<Webhook>(path, { method: 'DELETE' });
      print(options.output, gone, () => `${name} is told nothing more`);
    });
}

function target({ slack, email, webhook }: NotifyOptions): object {
  const given = [slack, email, webhook].filter((one) => one !== undefined);
  if (given.length !== 1)
    throw new CliError(EXIT.usage, 'say one of --slack, --email and --webhook', { code: 'target_unclear' });
  if (email !== undefined) return { kind: 'email', addresses: listIn(email) };
  if (slack !== undefined) return { kind: 'slack', url: textArgument(slack, 'the URL') };
  return { kind: 'webhook', url: textArgument(webhook ?? '', 'the URL') };
}

/** `--on none`: only what definitions name it for. */
const wishes = ({ on = 'question,failure,budget', filter, for: person }: NotifyOptions): object => ({
  events: on === 'none' ? [] : listIn(on),
  ...(filter !== undefined && { filter }),
  ...(person !== undefined && { for: person }),
});
