/** A notice as an e-mail, by SMTP. The id of its event is the id of the message, so that mailers know it again. */
import { createTransport } from 'nodemailer';
import { alarmAfter } from '../alarm.ts';
import { messageOf } from '../errors/errors.ts';
import type { Notice } from './notice.ts';
import { arrived, failed, type Outcome } from './outcome.ts';
import type { WebhookConfig } from './settings.ts';

const CONNECT_MS = 10_000;
const SILENCE_MS = 15_000;
/** Of all of it: a server that says a word now and then is not waited for. */
const DEADLINE_MS = 30_000;

export interface Mail {
  readonly id: string;
  readonly to: readonly string[];
  readonly notice: Notice;
}

export interface MailMeans {
  readonly config: Pick<WebhookConfig, 'BATON_SMTP_URL' | 'BATON_SMTP_FROM'>;
  /** Its abort gives up the try. */
  readonly signal: AbortSignal;
}

/** Never throws for what the server does. */
export async function sendMail(mail: Mail, { config, signal }: MailMeans): Promise<Outcome> {
  const { BATON_SMTP_URL: url, BATON_SMTP_FROM: from } = config;
  if (url === undefined) return failed('BATON_SMTP_URL is not set for the projector');
  if (from === undefined) return failed('BATON_SMTP_FROM is not set for the projector');
  const transport = createTransport({
    url,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await within(transport.sendMail(messageFor(mail, from)), signal);
    return arrived(null);
  } catch (error) {
    return failed(`by SMTP: ${messageOf(error)}`);
  } finally {
    transport.close();
  }
}

function messageFor({ id, to, notice }: Mail, from: string) {
  const { headline, text, facts, link } = notice;
  const told = facts.map(([name, value]) => `${name}: ${value}`).join('\n');
  return {
    from,
    to: [...to],
    subject: `[Baton] ${headline}`,
    messageId: `<${id}@baton>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
    text: [headline, text, told, `${link.text}: ${link.url}`].filter((part) => part !== '').join('\n\n'),
  };
}

async function within<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const over = AbortSignal.any([signal, alarmAfter(DEADLINE_MS)]);
  return Promise.race([
    work,
    new Promise<never>((_, reject) => {
      const stop = () =>
        reject(new Error(signal.aborted ? 'given up' : `not taken in ${DEADLINE_MS / 1_000} s`));
      if (over.aborted) stop();
      over.addEventListener('abort', stop, { once: true });
    }),
  ]);
}
