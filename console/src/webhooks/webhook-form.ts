/** What is typed in the form of a webhook, and what is sent of it. Pure. */
import type { Webhook, WebhookChange, WebhookContent } from '../api/generated.ts';
import { wordsIn } from '../words/name-values.ts';

export type Kind = Webhook['kind'];
/** What the form offers is what the API takes. */
type EventWord = NonNullable<WebhookContent['events']>[number];

export interface Typed {
  readonly kind: Kind;
  readonly name: string;
  /** Of one that is changed: empty, where it stays. */
  readonly url: string;
  readonly addresses: string;
  readonly events: readonly string[];
  readonly filter: string;
  readonly person: string;
  readonly description: string;
}

/** People want to know what needs them, programs everything. */
const usualEvents = (kind: Kind): readonly string[] =>
  kind === 'webhook' ? ['*'] : ['question', 'failure', 'budget'];

export function typedOf(webhook: Webhook | undefined): Typed {
  if (webhook === undefined)
    return {
      ...{ kind: 'webhook', name: '', url: '', addresses: '', events: usualEvents('webhook') },
      ...{ filter: '', person: '', description: '' },
    };
  const { kind, name, addresses, events, filter, for: person, description } = webhook;
  return {
    ...{ kind, name: name ?? '', url: '', addresses: addresses.join(', '), events, filter, description },
    person: person ?? '',
  };
}

/** Another kind, with what is usual for it, unless something else was chosen. */
export function ofKind(typed: Typed, kind: Kind): Typed {
  const isUsual = typed.events.join() === usualEvents(typed.kind).join();
  return { ...typed, kind, events: isUsual ? usualEvents(kind) : typed.events };
}

/** What is sent to make one. */
export function contentOf(typed: Typed): WebhookContent {
  const { kind, url, addresses } = typed;
  const to = kind === 'email' ? { addresses: wordsIn(addresses) } : { url: url.trim() };
  return { kind, ...to, ...wishesOf(typed) };
}

/** What is sent to change one. */
export function changeOf(typed: Typed): WebhookChange {
  const { kind, url, addresses } = typed;
  const isSame = url.trim() === '';
  const to = kind === 'email' ? { addresses: wordsIn(addresses) } : isSame ? {} : { url: url.trim() };
  return { ...to, ...wishesOf(typed) };
}

function wishesOf({ name, events, filter, person, description }: Typed) {
  const orNull = (text: string) => (text.trim() === '' ? null : text.trim());
  return {
    name: orNull(name),
    events: events as EventWord[],
    filter: filter.trim(),
    for: orNull(person),
    description: description.trim(),
  };
}

/**
 * As the command line has it; undefined: it has no such thing.
 *
 * @param key of the one that is changed
 */
export function commandOf(typed: Typed, key: string | undefined): readonly string[] | undefined {
  const { kind, name, url, addresses, filter, person, description } = typed;
  const given = (option: string, value: string) => (value.trim() === '' ? [] : [option, value.trim()]);
  const events = typed.events.join(',');
  const wishes = [...given('--filter', filter), ...given('--for', person)];
  if (key !== undefined)
    return [
      ...['webhooks', 'update', key, ...given('--url', url), ...given('--name', name), '--events', events],
      // Empty, they take away what was there.
      ...['--filter', filter, '--for', person, '--description', description],
    ];
  if (kind === 'webhook')
    return [
      ...['webhooks', 'add', url.trim(), ...given('--name', name), '--events', events, ...wishes],
      ...given('--description', description),
    ];
  if (name.trim() === '' || description.trim() !== '') return undefined;
  const to = kind === 'email' ? ['--email', wordsIn(addresses).join(',')] : ['--slack', url.trim()];
  return ['notify', 'add', name.trim(), ...to, '--on', events === '' ? 'none' : events, ...wishes];
}
