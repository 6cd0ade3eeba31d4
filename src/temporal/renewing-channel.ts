/**
 * A gRPC channel that does not stay with a silent server.
 *
 * grpc-js waits without limit for a connection that is never whole (a network that swallows what is sent, a stopped
 * server), and stays with one that has died silently until its pings run out. So when a call's deadline has passed and
 * nothing at all was heard meanwhile, the connection is given up: what is under way ends as unavailable, and the next
 * call connects anew. No call is without a deadline.
 */
import { Channel, status, type ChannelCredentials, type ClientOptions } from '@grpc/grpc-js';

/** Of calls that name no deadline; longer than the server lets a poll wait. */
const LONGEST_MS = 30_000;
/** Calls with shorter deadlines say nothing about a connection. */
const TELLING_MS = 1_000;

type CreateCall = Channel['createCall'];
type Call = ReturnType<CreateCall>;
type Listener = Parameters<Call['start']>[1];

/** One connection's life. */
interface Life {
  readonly channel: Channel;
  readonly calls: Set<Call>;
  /** When anything was heard of the server last. */
  heardAt: number;
}

/** For `channelFactoryOverride` of a gRPC client. */
export function renewingChannel(
  target: string,
  credentials: ChannelCredentials,
  options: ClientOptions,
): Channel {
  // Shared with others, a connection that hangs would be handed out again.
  const own = { ...options, 'grpc.use_local_subchannel_pool': 1 };
  const begin = (): Life => ({
    channel: new Channel(target, credentials, own),
    calls: new Set(),
    heardAt: -Infinity,
  });
  let life = begin();
  let isClosed = false;

  const renew = (silent: Life) => {
    if (isClosed || life !== silent) return;
    life = begin();
    silent.channel.close();
    for (const call of silent.calls) {
      call.cancelWithStatus(status.UNAVAILABLE, 'nothing was heard of the server');
    }
  };

  const createCall: CreateCall = (method, deadline, ...rest) => {
    const at = life;
    const limit = deadline === Infinity ? Date.now() + LONGEST_MS : deadline;
    const call = at.channel.createCall(method, limit, ...rest);
    const start = call.start.bind(call);
    call.start = (metadata, listener) => {
      at.calls.add(call);
      start(metadata, listening(at, call, listener, renew));
    };
    return call;
  };

  return {
    createCall,
    close: () => {
      isClosed = true;
      life.channel.close();
    },
    getTarget: () => life.channel.getTarget(),
    getConnectivityState: (tryToConnect) => life.channel.getConnectivityState(tryToConnect),
    watchConnectivityState: (state, deadline, callback) =>
      life.channel.watchConnectivityState(state, deadline, callback),
    getChannelzRef: () => life.channel.getChannelzRef(),
  } satisfies Pick<Channel, keyof Channel> as unknown as Channel;
}

/** Hands on what is heard of a call, and notes that and when. */
function listening(life: Life, call: Call, listener: Listener, renew: (silent: Life) => void): Listener {
  const startedAt = performance.now();
  const heard = () => (life.heardAt = performance.now());
  return {
    onReceiveMetadata: (metadata) => {
      heard();
      listener.onReceiveMetadata(metadata);
    },
    onReceiveMessage: (message) => {
      heard();
      listener.onReceiveMessage(message);
    },
    onReceiveStatus: (end) => {
      life.calls.delete(call);
      if (!OURS.has(end.code)) heard();
      listener.onReceiveStatus(end);
      const isTelling = end.code === status.DEADLINE_EXCEEDED && performance.now() - startedAt >= TELLING_MS;
      if (isTelling && life.heardAt < startedAt) renew(life);
    },
  };
}

/** Statuses that may be made on this side, without a word of the server. */
const OURS: ReadonlySet<status> = new Set([
  status.CANCELLED,
  status.DEADLINE_EXCEEDED,
  status.UNAVAILABLE,
  status.RESOURCE_EXHAUSTED,
  status.INTERNAL,
]);
