/** Between the messages of the protocol and what the link of a node hears and tells. */
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { MessageInitShape } from '@bufbuild/protobuf';
import {
  FailureCategory,
  type ConnectRequest,
  type ConnectResponseSchema,
} from '../../../grpc/generated/baton/v1/node_pb.js';
import { LEASE_MS, type FromNode, type Registration, type ToNode } from '../../../service/index.ts';

/** null: it is something else. */
export function registrationOf({ message }: ConnectRequest): Registration | null {
  if (message.case !== 'register') return null;
  const { node, instance, capabilities, labels, slots, price, version, leaseMs, running } = message.value;
  return {
    node,
    instance,
    capabilities,
    labels,
    slots: slots === 0 ? 1 : slots,
    price: price === undefined ? null : Number(price),
    version: version === '' ? null : version,
    leaseMs: leaseMs === 0 ? LEASE_MS : leaseMs,
    running: running.slice(0, 1_000),
  };
}

/** null: nothing that is known here. */
export function fromNode({ message }: ConnectRequest): FromNode | null {
  switch (message.case) {
    case 'heartbeat':
    case 'drain':
      return { kind: message.case };
    case 'accepted':
      return { kind: 'accepted', id: message.value.assignment };
    case 'rejected':
      return { kind: 'rejected', id: message.value.assignment, reason: message.value.reason };
    case 'progress': {
      const { assignment: id, share, text } = message.value;
      return { kind: 'progress', id, share: share ?? null, text };
    }
    case 'comment':
      return { kind: 'comment', id: message.value.assignment, text: message.value.text };
    case 'completed':
      return {
        kind: 'completed',
        id: message.value.assignment,
        result: message.value.result?.text ?? 'null',
      };
    case 'failed': {
      const { assignment: id, category, message: text, isFinal, data } = message.value;
      const isInfra = category === FailureCategory.INFRA_ERROR;
      return { kind: 'failed', id, isInfra, message: text, isFinal, data: data?.text };
    }
    default:
      return null;
  }
}

type Told = NonNullable<MessageInitShape<typeof ConnectResponseSchema>['message']>;

export function toNode(told: ToNode): Told {
  switch (told.kind) {
    case 'registered':
      return { case: 'registered', value: { heartbeatMs: told.heartbeatMs, leaseMs: told.leaseMs } };
    case 'assignment':
      return {
        case: 'assignment',
        value: {
          id: told.id,
          idempotencyKey: told.key,
          run: told.run,
          step: told.step,
          attempt: told.attempt,
          capability: told.capability,
          input: { text: told.input },
          traceparent: told.traceparent,
          deadline: timestampFromDate(told.deadline),
        },
      };
    case 'cancel':
    case 'resumed':
      return { case: told.kind, value: { assignment: told.id } };
    case 'paused':
      return { case: 'paused', value: { assignment: told.id, reason: told.reason } };
    case 'instruction': {
      const { id: assignment, message: messageId, text, by } = told;
      return { case: 'instruction', value: { assignment, messageId, text, by } };
    }
    case 'refused':
      return { case: 'refused', value: { assignment: told.id, code: told.code, message: told.message } };
  }
}
