import { expect, it } from 'vitest';
import { createLogger } from '../log/log.ts';
import { CallWriter } from './call-writer.ts';
import { Outbox } from './outbox.ts';
import type { Piece } from './piece.ts';

const log = createLogger('test', 'silent');
const plain = { mask: (text: string) => text, torn: () => 0 };
const message = { session: 'ses_1', head: 'h' };
const call = (turn: number) => ({ runId: 'r', step: 's', attempt: 1, turn });

it('after a failed write tells no more text of the calls that were in it, but their end, and all of later calls', async () => {
  const written: Piece[] = [];
  let away = true;
  const outbox = new Outbox(async (pieces) => {
    if (away) throw new Error('the store is away');
    written.push(...pieces);
  }, log);
  const first = new CallWriter(call(1), plain, outbox);
  first.push('lost');
  await outbox.close();
  away = false;
  first.push(' and not told');
  first.end(message);
  new CallWriter(call(2), plain, outbox).push('told');
  await outbox.close();
  expect(written.map(({ turn, type, content }) => `${turn} ${type} ${content}`.trim())).toEqual([
    ...['1 end', '2 reset', '2 token told'],
  ]);
  expect(written[0]).toMatchObject({ message });
});
