/** What both sides do something to, in a process of its own: a server that answers requests, and a model's vendor. */
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { startFakeOpenAi } from '../../test/support/fake-openai.ts';

/** Turns of the agent: in each but the last it calls a tool. */
const TURNS = 20;
const USAGE = { input: 90, output: 10 };

const vendor = await startFakeOpenAi({
  answer: ({ messages }) => {
    const turn = messages.filter(({ role }) => role === 'assistant').length + 1;
    // Who asks keeps the vendor's ids, of which no two may be alike.
    return turn < TURNS
      ? { toolCalls: [{ id: `call_${turn}`, name: 'list_files', arguments: {} }], usage: USAGE }
      : { reply: 'all is swept', usage: USAGE };
  },
});
const server = createServer((request, response) => {
  request.resume().once('end', () => response.setHeader('content-type', 'text/plain').end('done'));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.once('disconnect', () => process.exit(0));
process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, vendor: vendor.url });
