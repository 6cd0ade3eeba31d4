/**
 * One request to a collector, with one end: it has the spans, it will never take them, or somebody tries again. It takes no
 * longer than it may, whatever the other side does, and reads no more of an answer than its beginning.
 */
import { fetch } from 'undici';
import { alarmAfter } from '../../../alarm.ts';
import { messageOf } from '../../../errors/errors.ts';
import { rootCause } from '../../../errors/root-cause.ts';
import type { OtlpSettings } from '../../../tracing/otlp-settings.ts';

export type Sent =
  | { readonly outcome: 'taken'; readonly answer: Uint8Array }
  /** Something in it is not to the collector's liking; a smaller one may be. */
  | { readonly outcome: 'refused'; readonly reason: string }
  /** @member waitMs how long the collector wants to be left alone */
  | { readonly outcome: 'failed'; readonly reason: string; readonly waitMs: number | null };

/** What is wrong with these lies in what was sent. */
const REFUSALS: ReadonlySet<number> = new Set([400, 413, 415, 422]);
const MOST_BYTES = 64 * 1024;
const MOST_WAIT_MS = 60_000;

/** Never throws. @param stop gives the request up */
export async function send(
  { url, headers, timeoutMs }: Pick<OtlpSettings, 'url' | 'headers' | 'timeoutMs'>,
  contentType: string,
  body: Uint8Array,
  stop: AbortSignal,
): Promise<Sent> {
  const signal = AbortSignal.any([stop, alarmAfter(timeoutMs)]);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': contentType },
      body,
      signal,
      redirect: 'manual',
    });
    const { status } = response;
    if (response.ok) return { outcome: 'taken', answer: await beginningOf(response.body) };
    await response.body?.cancel();
    const reason = `the collector answered ${status}`;
    if (REFUSALS.has(status)) return { outcome: 'refused', reason };
    return { outcome: 'failed', reason, waitMs: waitOf(response.headers.get('retry-after')) };
  } catch (error) {
    return { outcome: 'failed', reason: messageOf(rootCause(error)), waitMs: null };
  }
}

/** Nothing of an answer that is larger: no collector has so much to say. */
async function beginningOf(body: AsyncIterable<unknown> | null): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk as Uint8Array);
    bytes += (chunk as Uint8Array).length;
    if (bytes > MOST_BYTES) return new Uint8Array();
  }
  return Buffer.concat(chunks);
}

/** Seconds; a date is not asked for by any collector. */
function waitOf(retryAfter: string | null): number | null {
  const seconds = Number(retryAfter);
  return retryAfter === null || !(seconds >= 0) ? null : Math.min(seconds * 1_000, MOST_WAIT_MS);
}
