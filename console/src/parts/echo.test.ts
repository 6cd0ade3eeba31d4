import { describe, expect, it } from 'vitest';
import { curlOf, quoted } from './echo.tsx';

describe('what a button does, elsewhere', () => {
  it('is quoted so that a shell reads it unchanged', () => {
    expect([quoted('plain-1.yaml'), quoted("it's $HOME"), quoted('')]).toEqual([
      'plain-1.yaml',
      String.raw`'it'\''s $HOME'`,
      `''`,
    ]);
  });

  it('is the request with its body', () => {
    const request = {
      method: 'POST',
      path: '/api/v1/runs/a/pause',
      body: { reason: "Ana's lunch" },
    } as const;
    expect(curlOf(request, 'http://h')).toBe(
      String.raw`curl -X POST http://h/api/v1/runs/a/pause -H 'content-type: application/json' -d '{"reason":"Ana'\''s lunch"}'`,
    );
  });
});
