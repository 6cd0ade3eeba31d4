import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { hiddenPlace, unreachablePorts } from './unreachable-ports.ts';

it('are ports that a client by the Fetch standard refuses, each once, and undefined beyond', async () => {
  const ports = await unreachablePorts(40);
  const found = ports.filter((port) => port !== undefined);
  expect(new Set(found).size).toBe(found.length);
  expect(ports.at(-1)).toBeUndefined();
  for (const port of found) {
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({
      cause: expect.objectContaining({ message: 'bad port' }),
    });
  }
});

it.runIf(process.platform === 'linux')(
  'are free, and the place of the UI is a loopback address of its own',
  async () => {
    const { host, port } = (await hiddenPlace()) ?? { host: '', port: 0 };
    expect(host).toMatch(/^127\.\d+\.\d+\.\d+$/);
    const server = createServer().listen(port, host);
    await new Promise((resolve) => server.once('listening', resolve));
    expect(await unreachablePorts(40, host)).not.toContain(port);
    expect((await hiddenPlace())?.host).not.toBe(host);
    server.close();
  },
);
