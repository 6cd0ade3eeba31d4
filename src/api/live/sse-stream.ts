/** What somebody follows, over server-sent events. */
import type { ServerResponse } from 'node:http';
import type { Told } from '../../service/index.ts';
import type { Front } from '../front.ts';
import { SseWriter } from './sse-writer.ts';

interface Followed<Item> {
  /** For the metrics. */
  readonly of: 'events' | 'text';
  /** @param gone aborted when the reader has gone */
  readonly follow: (gone: AbortSignal) => AsyncIterable<Told<Item>>;
  readonly send: (writer: SseWriter, items: readonly Item[]) => Promise<void>;
}

/** Resolves when the stream has ended, whoever ended it. */
export async function streamOut<Item>(
  { metrics, readerStallMs }: Front,
  response: ServerResponse,
  { of, follow, send }: Followed<Item>,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const writer = new SseWriter(response, readerStallMs);
  metrics.countSubscriber(of, 'sse', 1);
  try {
    writer.start();
    if (!writer.open) return;
    for await (const { items, ended } of follow(gone.signal)) {
      if (items.length > 0) await send(writer, items);
      else if (!ended) await writer.heartbeat();
      if (!writer.open) break;
    }
    writer.end();
  } finally {
    metrics.countSubscriber(of, 'sse', -1);
  }
}
