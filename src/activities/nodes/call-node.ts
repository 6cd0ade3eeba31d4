/**
 * Calls a node that does not come by itself (`NodeService.ExecuteNode`). A connection that dies or falls silent is a node
 * that is lost; a node that is not there, or that answers what it should not, says so as a failure of its machinery.
 * A cancel ends the call, which the node sees.
 */
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { Client, credentials, Metadata, status, type ServiceError } from '@grpc/grpc-js';
import {
  ExecuteNodeRequestSchema,
  ExecuteNodeResponseSchema,
  FailureCategory,
  type ExecuteNodeRequest,
  type ExecuteNodeResponse,
} from '../../grpc/generated/baton/v1/node_pb.js';
import { messageOf } from '../../errors/errors.ts';
import { boundedComments } from '../../nodes/comments.ts';
import { failureOf } from '../../nodes/failure.ts';
import { readNodeAddress, type NodeAddress } from '../../nodes/node-address.ts';
import { MOST_RESULT_BYTES } from '../../nodes/node.ts';
import type { Order, Outcome } from '../../nodes/queries/assignments.ts';
import { traceHeaders } from '../../tracing/current-span.ts';
import { publicAddresses } from '../network/public-host.ts';
import type { CallNode } from './desk.ts';

const METHOD = '/baton.v1.NodeService/ExecuteNode';
/** With room for what stands around it. */
const MOST_BYTES = MOST_RESULT_BYTES + 256 * 1024;
/** A peer that does not answer a ping is gone. */
const PING_EVERY_MS = 2_000;
const PONG_WITHIN_MS = 3_000;

export function callNode({ allowPrivate }: { readonly allowPrivate: boolean }): CallNode {
  return async (address, order, signal) => {
    let client: Client | null = null;
    try {
      client = await connect(address, allowPrivate);
      return outcomeOf(await execute(client, requestOf(order), order, signal));
    } catch (error) {
      return infra(messageOf(error));
    } finally {
      client?.close();
    }
  };
}

/** @throws Error saying why not */
async function connect(text: string, allowPrivate: boolean): Promise<Client> {
  const address = readNodeAddress(text);
  if (address === null)
    throw new Error(`its address ${text} is none: write grpc://HOST:PORT or grpcs://HOST:PORT`);
  const host = allowPrivate ? address.host : await publicAddress(address);
  const target = `${host.includes(':') ? `[${host}]` : host}:${address.port}`;
  return new Client(target, address.tls ? credentials.createSsl() : credentials.createInsecure(), {
    // The connection goes to the address that was looked at; the name is still what the certificate is for.
    ...(host !== address.host && {
      'grpc.default_authority': `${address.host}:${address.port}`,
      'grpc.ssl_target_name_override': address.host,
    }),
    'grpc.keepalive_time_ms': PING_EVERY_MS,
    'grpc.keepalive_timeout_ms': PONG_WITHIN_MS,
    'grpc.max_receive_message_length': MOST_BYTES,
    'grpc.enable_retries': 0,
  });
}

async function publicAddress({ host }: NodeAddress): Promise<string> {
  const [first] = await publicAddresses(host);
  if (first === undefined) throw new Error(`${host} has no address`);
  return first;
}

function requestOf(order: Order): ExecuteNodeRequest {
  const { id, key, run, step, attempt, need, input, traceparent, timeoutMs } = order;
  return create(ExecuteNodeRequestSchema, {
    node: {
      id,
      idempotencyKey: key,
      run,
      step,
      attempt,
      capability: need.capability ?? '',
      input: { text: input },
      traceparent: traceparent ?? '',
      deadline: timestampFromMs(Date.now() + timeoutMs),
    },
  });
}

function execute(
  client: Client,
  request: ExecuteNodeRequest,
  { timeoutMs }: Order,
  signal: AbortSignal,
): Promise<ExecuteNodeResponse> {
  return new Promise((resolve, reject) => {
    const call = client.makeUnaryRequest<ExecuteNodeRequest, ExecuteNodeResponse>(
      METHOD,
      (message) => Buffer.from(toBinary(ExecuteNodeRequestSchema, message)),
      (bytes) => fromBinary(ExecuteNodeResponseSchema, bytes),
      request,
      metadata(),
      { deadline: Date.now() + timeoutMs },
      (error, response) => {
        signal.removeEventListener('abort', cancel);
        if (error === null && response !== undefined) resolve(response);
        else reject(new Error(toldOf(error)));
      },
    );
    const cancel = () => call.cancel();
    if (signal.aborted) cancel();
    else signal.addEventListener('abort', cancel, { once: true });
  });
}

/** The span of the attempt that calls. */
function metadata(): Metadata {
  const told = new Metadata({ waitForReady: false });
  for (const [name, value] of Object.entries(traceHeaders())) told.set(name, value);
  return told;
}

function toldOf(error: ServiceError | null): string {
  if (error === null) return 'it answered nothing';
  return `it could not be called, or was lost (${status[error.code] ?? error.code}: ${error.details})`;
}

function outcomeOf({ outcome, comments }: ExecuteNodeResponse): Outcome {
  const said = boundedComments(comments);
  switch (outcome.case) {
    case 'result':
      return { status: 'completed', result: outcome.value.text, comments: said };
    case 'failure': {
      const { category, message, isFinal, data } = outcome.value;
      return {
        status: 'failed',
        failure: failureOf({
          isInfra: category === FailureCategory.INFRA_ERROR,
          message,
          isFinal,
          data: data?.text,
        }),
        comments: said,
      };
    }
    default:
      return infra('it answered neither a result nor a failure');
  }
}

function infra(message: string): Outcome {
  return {
    status: 'failed',
    failure: { category: 'INFRA', message, retryable: true, data: null },
    comments: [],
  };
}
