/** Connections to Temporal with what its SDK leaves out. */
import { Client, Connection } from '@temporalio/client';
import { dataConverter } from './payload-converter.ts';
import { renewingChannel } from './renewing-channel.ts';
import { withoutContexts } from './without-contexts.ts';

/** Where Temporal is. */
export interface TemporalTarget {
  readonly address: string;
  readonly namespace: string;
}

/**
 * History pages may be larger than grpc-js' 4 MiB. The SDK sets the channel argument without its `grpc.` prefix, so
 * it has to be given again. Left alone, a channel whose server was away for long tries again only every two minutes.
 * Pings come as often as a server of Temporal takes them.
 */
const CHANNEL = {
  'grpc.max_receive_message_length': 128 * 1024 * 1024,
  'grpc.initial_reconnect_backoff_ms': 200,
  'grpc.max_reconnect_backoff_ms': 2_000,
  'grpc.keepalive_time_ms': 11_000,
  'grpc.keepalive_timeout_ms': 5_000,
  channelFactoryOverride: renewingChannel,
};

/** Connects, or throws within `connectTimeout` (10 s). */
export async function connectTemporal(target: TemporalTarget): Promise<Connection> {
  return withoutContexts(await Connection.connect({ address: target.address, channelArgs: CHANNEL }));
}

/** A connection that is made on first use, for processes that must start while Temporal is away. */
export function lazyTemporal(target: TemporalTarget): Connection {
  return withoutContexts(Connection.lazy({ address: target.address, channelArgs: CHANNEL }));
}

/**
 * A lazy connection for long polls. It retries nothing by itself, since after a retry of the SDK an abort no longer
 * reaches the call.
 */
export function pollingTemporal(target: TemporalTarget): Connection {
  return withoutContexts(
    Connection.lazy({ address: target.address, channelArgs: CHANNEL, interceptors: [] }),
  );
}

/** A client; `identity` stands in the history of whatever it does. */
export function temporalClient(connection: Connection, target: TemporalTarget, identity: string): Client {
  return new Client({ connection, namespace: target.namespace, identity, dataConverter });
}
