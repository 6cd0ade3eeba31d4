import { expect, it } from 'vitest';
import type { Packet } from 'socket.io-parser';
import { exactParser } from './exact-parser.ts';

it('writes whole numbers of any size, so that every reader of Socket.IO understands', () => {
  const packet = { type: 2, nsp: '/runs', id: 7, data: ['event', { id: 7615917337495251231n }] } as Packet;
  const [text] = new exactParser.Encoder().encode(packet) as [string];
  expect(text).toBe('2/runs,7["event",{"id":7615917337495251231}]');
  const read: Packet[] = [];
  const decoder = new exactParser.Decoder();
  decoder.on('decoded', (one: Packet) => read.push(one));
  decoder.add(text);
  expect(read[0]).toMatchObject({
    nsp: '/runs',
    id: 7,
    data: ['event', { id: Number(7615917337495251231n) }],
  });
});
