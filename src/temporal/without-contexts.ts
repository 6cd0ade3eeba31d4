/** What a closed connection of Temporal's SDK leaves behind in its process. */
import type { AsyncLocalStorage } from 'node:async_hooks';

/** Both of the SDK's kinds. */
interface Closable {
  readonly callContextStorage: AsyncLocalStorage<unknown>;
  close(): Promise<void>;
}

/**
 * The connection, which once it is closed has no store of contexts any more.
 *
 * Node carries every store that was ever used along with everything asynchronous, and the SDK has one for each
 * connection: a process that opens many of them became slower with each.
 */
export function withoutContexts<T extends Closable>(connection: T): T {
  const close = connection.close.bind(connection);
  connection.close = async () => {
    await close();
    connection.callContextStorage.disable();
  };
  return connection;
}
