/**
 * What somebody follows, as the stream of a call, with back-pressure: the next message waits until the reader has taken what
 * was sent, and a reader that takes nothing for too long is cut off, so that nobody makes this process hold events for him.
 */
import type { ServerWritableStream } from '@grpc/grpc-js';
import { Metadata } from '@grpc/grpc-js';
import type { Told } from '../../service/index.ts';
import type { Front } from '../front.ts';
import { attendedCall } from './attend.ts';

interface Followed<Item, Message> {
  readonly follow: () => AsyncIterable<Told<Item>>;
  readonly messagesOf: (told: Told<Item>) => readonly Message[];
}

/** Resolves when all is told, or nobody listens any more. */
export async function streamOut<Request, Message, Item>(
  { metrics, readerStallMs, log }: Front,
  call: ServerWritableStream<Request, Message>,
  { follow, messagesOf }: Followed<Item, Message>,
): Promise<void> {
  metrics.countSubscriber('events', 'grpc', 1);
  try {
    // Whoever calls knows then that the stream stands.
    call.sendMetadata(new Metadata());
    for await (const told of follow()) {
      for (const message of messagesOf(told)) {
        if (call.cancelled || call.write(message) || (await drained(call, readerStallMs))) continue;
        log.info({ id: attendedCall(call.metadata).id }, 'a live reader took nothing: cut off');
        attendedCall(call.metadata).cut();
        return;
      }
      if (call.cancelled) return;
    }
  } finally {
    metrics.countSubscriber('events', 'grpc', -1);
  }
}

/** False when the reader took nothing in time. */
function drained<Request, Message>(
  call: ServerWritableStream<Request, Message>,
  ms: number,
): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (isDrained: boolean) => () => {
      clearTimeout(timer);
      call.off('drain', onDrain).off('cancelled', onDrain);
      resolve(isDrained);
    };
    const onDrain = settle(true);
    const timer = setTimeout(settle(false), ms);
    call.once('drain', onDrain).once('cancelled', onDrain);
  });
}
