/** One try of a delivery, by the kind of its receiver. Never throws for what the other side does. */
import { messageOf } from '../errors/errors.ts';
import type { Keyring } from '../secrets/keyring.ts';
import { sendMail, type MailMeans } from './mail.ts';
import { noticeOf } from './notice.ts';
import { failed, type Outcome } from './outcome.ts';
import { post, type PostMeans } from './post.ts';
import type { Receiver } from './receiver.ts';
import { openReceiver } from './sealed.ts';
import { signatureHeaders } from './signature.ts';
import { slackMessage } from './slack-message.ts';
import type { Claimed } from './queries/deliveries.ts';

export type AttemptMeans = PostMeans & MailMeans & { readonly keyring: Keyring };

/** @param kept as its row has it */
export async function attempt(kept: Receiver, delivery: Claimed, means: AttemptMeans): Promise<Outcome> {
  let receiver: Receiver;
  try {
    receiver = openReceiver(means.keyring, kept);
  } catch (error) {
    return failed(`what is secret of this webhook cannot be read: ${messageOf(error)}`);
  }
  return send(receiver, delivery, means);
}

async function send(
  receiver: Receiver,
  { event_id: id, body }: Claimed,
  means: AttemptMeans,
): Promise<Outcome> {
  const { kind, url, addresses } = receiver;
  if (kind === 'email') return sendMail({ id, to: addresses, notice: noticeOf(body) }, means);
  if (url === null) return failed('it has no URL');
  if (kind === 'slack') {
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    return post({ url, headers, body: slackMessage(noticeOf(body)) }, means);
  }
  const headers = {
    'content-type': 'application/cloudevents+json; charset=utf-8',
    ...signatureHeaders({ id, timestamp: Math.floor(Date.now() / 1_000), body }, secretsOf(receiver)),
  };
  return post({ url, headers, body }, means);
}

const secretsOf = ({ secret, previous_secret: previous }: Receiver): readonly string[] =>
  [secret, previous].filter((one) => one !== null);
