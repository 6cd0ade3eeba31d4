import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, it } from 'vitest';
import { lazyTemporal } from './connection.ts';

it('a closed connection carries no contexts along', async () => {
  const connection = lazyTemporal({ address: '127.0.0.1:1', namespace: 'default' });
  await connection.withDeadline(Date.now() + 60_000, async () => {
    const { callContextStorage } = connection;
    expect(callContextStorage).toBeInstanceOf(AsyncLocalStorage);
    expect(callContextStorage.getStore()).toHaveProperty('deadline');
    await connection.close();
    expect(callContextStorage.getStore()).toBeUndefined();
  });
});
