import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

describe('REDIS_URL', () => {
  it.each(['redis://localhost', 'redis://127.0.0.1:6379/2', 'rediss://user:pass@redis.example.com:6380'])(
    'may be %s',
    (url) => expect(readConfig({ REDIS_URL: url }).REDIS_URL).toBe(url),
  );

  it.each(['localhost:6379', 'http://localhost', 'redis://', 'redis:hidden', 'hidden'])(
    'may not be %s, which is said without it',
    (url) => {
      expect(() => readConfig({ REDIS_URL: url })).toThrow(/^environment: REDIS_URL: write redis:\/\/HOST/);
      expect(() => readConfig({ REDIS_URL: url })).not.toThrow(/hidden/);
    },
  );

  it('is Postgres unless set', () => expect(readConfig({ REDIS_URL: '' }).REDIS_URL).toBeUndefined());
});
