/** WatchRun: the events of a run as a stream, as `/runs/:id/events` tells them over SSE. */
import type { handleServerStreamingCall, ServerWritableStream } from '@grpc/grpc-js';
import { EventFilter, type EventEnvelope } from '../../../contract/event.ts';
import { RunParams } from '../../../contract/shared/params.ts';
import {
  WatchRunRequestSchema,
  WatchRunResponseSchema,
  type WatchRunRequest,
  type WatchRunResponse,
} from '../../../grpc/generated/baton/v1/workflow_service_pb.js';
import { readMessage } from '../../../grpc/read-message.ts';
import { writeMessage } from '../../../grpc/write-message.ts';
import type { EventSubscription, Told } from '../../../service/index.ts';
import type { Front } from '../../front.ts';
import { BODY_LIMITS } from '../../http/mount.ts';
import { parse } from '../../http/parse.ts';
import { Visit } from '../../http/visit.ts';
import { innerCall } from '../../inner/ask-endpoint.ts';
import { streamOut } from '../stream-out.ts';
import { refusalOf } from '../unary.ts';
import { wayOf } from '../way.ts';
import { byFields } from './by-fields.ts';
import { fieldsOf, queryOf } from './method.ts';

type Call = ServerWritableStream<WatchRunRequest, WatchRunResponse>;

export function watchRun(front: Front): handleServerStreamingCall<WatchRunRequest, WatchRunResponse> {
  return (call) => {
    const way = wayOf(call);
    watch(front, call, way).then(
      () => call.end(),
      (thrown: unknown) => call.emit('error', refusalOf(front, thrown, way.id)),
    );
  };
}

async function watch(front: Front, call: Call, way: ReturnType<typeof wayOf>): Promise<void> {
  const subscription = subscriptionOf(call.request);
  const visit = await Visit.begin(front.admission, 'read', performance.now());
  try {
    const service = front.service.for(innerCall(front, way, visit.since));
    await service.getRunAlone(subscription.runId);
    visit.stay();
    await streamOut(front, call, {
      follow: () => service.followEvents(subscription, way.gone),
      messagesOf,
    });
  } finally {
    visit.leave();
  }
}

/** @throws InvalidError `invalid_request` */
function subscriptionOf(request: WatchRunRequest): EventSubscription {
  const {
    run_id: id = '',
    after_seq: after,
    lasting = false,
    ...wanted
  } = readMessage(WatchRunRequestSchema, request, BODY_LIMITS);
  try {
    const params = parse(RunParams, { id }, 'params');
    const query = queryOf({ ...wanted, ...(after !== undefined && { after }) });
    return { ...parse(EventFilter, query, 'query'), runId: params.id, isLasting: lasting === true };
  } catch (thrown) {
    throw byFields(thrown, fieldsOf({ id: 'run_id' }, { after: 'after_seq' }));
  }
}

/** Of nothing that has come for a while, an empty message; the last one says that it is. */
function messagesOf({ items, ended }: Told<EventEnvelope>): readonly WatchRunResponse[] {
  if (items.length === 0) return [writeMessage(WatchRunResponseSchema, { ended })];
  return items.map(({ runId, ts, ...event }) =>
    writeMessage(WatchRunResponseSchema, { event: { ...event, run_id: runId, at: ts } }),
  );
}
