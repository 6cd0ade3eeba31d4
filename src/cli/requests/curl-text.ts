/** A request as a line for a POSIX shell that sends it with curl. Nothing in it is run, and secrets stand as variables. */
import type { SecretHeader } from '../contexts/choose-target.ts';

export interface Sending {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string | undefined;
}

/** What curl sends by itself. */
const ITS_OWN: ReadonlySet<string> = new Set(['user-agent']);

export function curlText({ method, url, headers, body }: Sending, secrets: readonly SecretHeader[]): string {
  const hidden = new Map(secrets.map((secret) => [secret.name.toLowerCase(), secret]));
  const shown = [...headers].filter(
    ([name, value]) => !ITS_OWN.has(name) && !(name === 'accept' && value === 'application/json'),
  );
  const lines = shown.map(([name, value]) => `-H ${headerWord(name, value, hidden.get(name))}`);
  return [
    'curl',
    // Without a body, or with another method than the one that a body means.
    ...(method === (body === undefined ? 'GET' : 'POST') ? [] : [`-X ${method}`]),
    ...lines,
    // Unlike --data it takes a text that begins with @ as it is.
    ...(body === undefined ? [] : [`--data-raw ${quoted(body)}`]),
    // Brackets and braces in an address mean nothing further.
    ...(/[[\]{}]/.test(url) ? ['-g'] : []),
    quoted(url),
  ].join(' ');
}

function headerWord(name: string, value: string, hidden: SecretHeader | undefined): string {
  if (hidden === undefined) return quoted(`${name}: ${value}`);
  return `${quoted(`${name}: ${hidden.prefix}`)}"$${hidden.variable}"`;
}

/** A word that every POSIX shell takes as what it is. */
function quoted(text: string): string {
  return /^[\w@%+:,./=-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
