import { expect, it } from 'vitest';
import { anonymous } from '../../service/index.ts';
import type { Front } from '../front.ts';
import { innerCall } from './ask-endpoint.ts';

const caller = anonymous({ transport: 'grpc', address: null, agent: null, forwardedFor: null });
const way = { method: 'gRPC', caller, id: '1' };
const front = { answerMs: 450 } as Front;

it('an answer is given as over HTTP, and sooner to whoever waits no longer', () => {
  expect(innerCall(front, way, 1_000)).toMatchObject({ caller, answerBy: 1_450 });
  expect(innerCall(front, { ...way, until: 1_200 }, 1_000).answerBy).toBe(1_200);
  expect(innerCall(front, { ...way, until: 9_000 }, 1_000).answerBy).toBe(1_450);
});
