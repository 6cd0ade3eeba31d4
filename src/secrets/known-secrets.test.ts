import { expect, it } from 'vitest';
import { isSecret, knownSecrets, templateSecrets } from './known-secrets.ts';

const ENV = {
  BATON_SECRET_TOKEN: 'template-token',
  BATON_SECRET_: 'nameless',
  BATON_SECRET_EMPTY: '',
  ANTHROPIC_API_KEY: 'sk-ant',
  DATABASE_URL: 'postgres://baton@db/baton',
  HTTPS_PROXY: 'http://ann:proxy-word@proxy',
  GITHUB_TOKEN: 'ghp_0123456789',
  REDIS_URL: 'redis://localhost:6379',
  BATON_SEALING_KEY: 'new-key, old-key',
  HOOK: 'https://h/x?token=hook-token',
  PGPASSWORD: 'pg-password',
  AWS_SECRET_ACCESS_KEY: 'aws-secret',
  GOOGLE_APPLICATION_CREDENTIALS: '/etc/key.json',
  PWD: '/work',
  PATH: '/usr/bin',
  BATON_MODEL: 'openai/gpt',
  KEYBOARD: 'qwertyuiop',
};

it('gives templates what has the prefix, and nothing else', () => {
  expect(templateSecrets(ENV)).toEqual({ TOKEN: 'template-token' });
});

it('knows what must not show', () => {
  expect(knownSecrets(ENV).toSorted()).toEqual(
    [
      'nameless',
      'template-token',
      'sk-ant',
      'postgres://baton@db/baton',
      'http://ann:proxy-word@proxy',
      'ghp_0123456789',
      'new-key',
      'old-key',
      'https://h/x?token=hook-token',
      'pg-password',
      'aws-secret',
    ].toSorted(),
  );
  expect(Object.entries(ENV).filter(([name, value]) => isSecret(name, value))).toHaveLength(11);
});
