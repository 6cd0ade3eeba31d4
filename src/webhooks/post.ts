/**
 * One POST, within bounds: of addresses (as steps have them), of time, of what is read of the answer. Redirects are not
 * followed. Never throws for what the other side does.
 */
import { request, type Agent, type Dispatcher } from 'undici';
import { alarmAfter } from '../alarm.ts';
import { retryAfterMs } from '../errors/retry-after.ts';
import { rootCause } from '../errors/root-cause.ts';
import { messageOf } from '../errors/errors.ts';
import { arrived, failed, type Outcome } from './outcome.ts';
import { refusalOfUrl } from './url.ts';

/** From the first packet to the headers of the answer. */
const DEADLINE_MS = 15_000;
/** The rest of an answer says nothing; a little of it is read, so that the connection can serve again. */
const MAX_ANSWER_BYTES = 16 * 1024;
const REST_MS = 1_000;

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface PostMeans {
  readonly agent: Agent;
  readonly allowPrivate: boolean;
  /** Its abort gives up the try. */
  readonly signal: AbortSignal;
  /** @default 15 s */
  readonly deadlineMs?: number;
}

export async function post({ url, headers, body }: Post, means: PostMeans): Promise<Outcome> {
  const refused = refusalOfUrl(url, means.allowPrivate);
  if (refused !== null) return failed(refused);
  const deadline = alarmAfter(means.deadlineMs ?? DEADLINE_MS);
  try {
    const answer = await request(url, {
      method: 'POST',
      headers: { 'user-agent': 'baton-webhooks', ...headers },
      body,
      dispatcher: means.agent,
      signal: AbortSignal.any([deadline, means.signal]),
    });
    await leave(answer.body);
    return judged(answer);
  } catch (error) {
    if (deadline.aborted) return failed(`no answer within ${(means.deadlineMs ?? DEADLINE_MS) / 1_000} s`);
    return failed(messageOf(rootCause(error)));
  }
}

async function leave(body: Dispatcher.ResponseData['body']): Promise<void> {
  await body.dump({ limit: MAX_ANSWER_BYTES, signal: alarmAfter(REST_MS) }).catch(() => body.destroy());
}

function judged({ statusCode: status, headers }: Dispatcher.ResponseData): Outcome {
  if (status >= 200 && status < 300) return arrived(status);
  if (status >= 300 && status < 400) return failed(`redirects are not followed (${status})`, { status });
  const wait = headers['retry-after'];
  return failed(`it answered ${status}`, {
    status,
    retryAfterMs: retryAfterMs(Array.isArray(wait) ? wait[0] : wait, Date.now()),
    gone: status === 410,
  });
}
