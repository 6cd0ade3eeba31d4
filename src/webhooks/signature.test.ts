import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { signatureHeaders } from './signature.ts';

const [OLD, NEW] = ['old key of 24 bytes, so so', 'new key of 24 bytes, so so'].map(
  (key) => `whsec_${Buffer.from(key).toString('base64')}`,
) as [string, string];

test('is the one of the specification’s own example', () => {
  const headers = signatureHeaders(
    { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1_614_265_330, body: '{"test": 2432232314}' },
    ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
  );
  expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

test('of two secrets both can be checked, and no third', () => {
  const timestamp = Math.floor(Date.now() / 1_000);
  const body = '{"a": "ä"}';
  const headers = signatureHeaders({ id: 'one', timestamp, body }, [NEW, OLD]);
  for (const secret of [OLD, NEW]) expect(new Webhook(secret).verify(body, headers)).toEqual({ a: 'ä' });
  const other = `whsec_${Buffer.from('another key').toString('base64')}`;
  expect(() => new Webhook(other).verify(body, headers)).toThrow();
});
