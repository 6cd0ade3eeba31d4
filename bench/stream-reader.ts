/**
 * Readers of streams in a process of their own, spread evenly over the runs. Says once all are connected, and then, when
 * each has heard the end of its answer, how long each word was under way.
 */
import { request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { createParser } from 'eventsource-parser';

export interface Arrivals {
  /** ms from a word's time to its arrival. */
  readonly delays: readonly number[];
}

const [url = '', count = '0', ...runs] = process.argv.slice(2);
const delays: number[] = [];

const answers = await Promise.all(
  Array.from({ length: Number(count) }, (_, n) => open(runs[n % runs.length] ?? '')),
);
const ended = Promise.all(answers.map(readToEnd));
process.send?.('connected');
await ended;
process.send?.({ delays } satisfies Arrivals, () => process.exit(0));

async function open(runId: string): Promise<IncomingMessage> {
  const asked = request(`${url}/api/v1/runs/${runId}/stream`).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return answer.setEncoding('utf8');
}

/** Resolves with the end of the answer. */
function readToEnd(answer: IncomingMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    answer.once('close', () => reject(new Error('cut off')));
    const parser = createParser({
      onEvent: ({ data }) => {
        const { type, content } = JSON.parse(data) as { type: string; content: string };
        if (type === 'end') resolve();
        const now = Date.now();
        for (const word of content.split(' ')) if (word !== '') delays.push(now - Number(word));
      },
    });
    answer.on('data', (text: string) => parser.feed(text));
  });
}
