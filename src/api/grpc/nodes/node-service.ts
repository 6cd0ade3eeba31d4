/**
 * `baton.v1.NodeService`, as nodes call it: `Connect`. The first message registers; what comes after goes to the link of
 * the node, one message after another, so that a node that sends faster than it is heard waits.
 */
import { create } from '@bufbuild/protobuf';
import { status as Code, type ServerDuplexStream, type StatusObject } from '@grpc/grpc-js';
import {
  NodeService,
  type ConnectRequest,
  type ConnectResponse,
  ConnectResponseSchema,
} from '../../../grpc/generated/baton/v1/node_pb.js';
import { HttpError } from '../../http/http-error.ts';
import { ConflictError, InvalidError } from '../../../errors/errors.ts';
import type { NodeLink, Speaking } from '../../../service/index.ts';
import type { Front } from '../../front.ts';
import { grpcService, type GrpcService } from '../grpc-service.ts';
import { grpcStatusOf } from '../status.ts';
import { refusalOf } from '../unary.ts';
import { wayOf } from '../way.ts';
import { fromNode, registrationOf, toNode } from './node-messages.ts';

type Connection = ServerDuplexStream<ConnectRequest, ConnectResponse>;

/** Most messages that wait for a node to read them. */
const MOST_UNREAD = 1_000;
/** Longest that a connection may take to say who it is. */
const REGISTER_MS = 10_000;

export function nodeService(front: Front): GrpcService {
  return grpcService(NodeService, {
    connect: (call) => void serve(front, call),
    executeNode: (call, reply) =>
      reply(
        grpcStatusOf(
          new HttpError(
            'route_not_found',
            'ExecuteNode is served by nodes that Baton calls, and not by Baton.',
          ),
          wayOf(call).id,
        ),
      ),
  });
}

/** Never throws. */
async function serve(front: Front, call: Connection): Promise<void> {
  const { id } = wayOf(call);
  let link: NodeLink | null = null;
  // A reader that is gone tells of it as an error, too: the end of the messages is all that counts.
  call.on('error', () => {});
  const onClosing = () => fail(call, cut(id, Code.UNAVAILABLE, 'This process ends: come back, to another.'));
  front.closing.addEventListener('abort', onClosing, { once: true });
  const late = setTimeout(() => fail(call, grpcStatusOf(notRegistered(), id)), REGISTER_MS);
  try {
    // Left early it is still to be told why.
    for await (const message of call.iterator({ destroyOnReturn: false }) as AsyncIterable<ConnectRequest>) {
      if (link !== null) {
        const said = fromNode(message);
        if (said !== null) await link.hear(said);
        continue;
      }
      const who = registrationOf(message);
      if (who === null) throw notRegistered();
      clearTimeout(late);
      link = await front.service.nodes.join(who, speakingTo(call, id));
    }
    if (link === null) throw notRegistered();
    ended.add(call);
    call.end();
  } catch (thrown) {
    // What ended it from here ends its messages too.
    if (!call.cancelled && !ended.has(call)) fail(call, refusalOf(front, thrown, id));
  } finally {
    clearTimeout(late);
    front.closing.removeEventListener('abort', onClosing);
    await link?.left();
  }
}

function speakingTo(call: Connection, id: string): Speaking {
  return {
    tell: (message) => {
      if (call.writableLength > MOST_UNREAD)
        return fail(call, cut(id, Code.RESOURCE_EXHAUSTED, 'The node does not read what it is told.'));
      call.write(create(ConnectResponseSchema, { message: toNode(message) }));
    },
    end: (code, message) => fail(call, grpcStatusOf(new ConflictError(code, message), id)),
  };
}

const ended = new WeakSet<Connection>();

function fail(call: Connection, status: StatusObject): void {
  if (ended.has(call)) return;
  ended.add(call);
  call.emit('error', status);
}

function notRegistered(): InvalidError {
  return new InvalidError('invalid_request', 'The first message of a node is `register`, within 10 s.');
}

/** The connection ends, and not by what the node has said wrong. */
function cut(id: string, code: Code, message: string): StatusObject {
  return { ...grpcStatusOf(new HttpError('request_aborted', message), id), code };
}
