import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { curlText } from './curl-text.ts';

/** What a shell gives curl, when it is handed the line. */
function given(line: string, environment: Record<string, string> = {}): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'baton-curl-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'curl'), '#!/bin/sh\nprintf "%s\\0" "$@"\n', { mode: 0o755 });
  const env = { ...environment, PATH: `${folder}:${process.env['PATH']}` };
  return execFileSync('sh', ['-c', line], { cwd: folder, env, encoding: 'utf8' }).split('\0').slice(0, -1);
}

const HOSTILE = `it's "$HOME" \`id\` $(touch x) ; rm -rf / & | > y \\ \n !! * @file – 'ü'`;

it('is a line by which a shell sends the very same, whatever stands in it', () => {
  const body = JSON.stringify({ reason: HOSTILE });
  const headers = new Headers({ 'content-type': 'application/json', 'x-note': "a'b$(id)" });
  const url = 'http://127.0.0.1:4700/api/v1/runs/a%20b?filter={x}';
  expect(given(curlText({ method: 'POST', url, headers, body }, []))).toEqual([
    ...['-H', 'content-type: application/json', '-H', "x-note: a'b$(id)"],
    ...['--data-raw', body, '-g', url],
  ]);
  const text = `@${HOSTILE}`;
  const plain = curlText({ method: 'PUT', url: 'http://h/x', headers: new Headers(), body: text }, []);
  expect(given(plain)).toEqual(['-X', 'PUT', '--data-raw', text, 'http://h/x']);
});

it('has a variable in the place of a secret', () => {
  const secret = 's3cret$(id)';
  const headers = new Headers({ accept: 'application/json', authorization: `Bearer ${secret}` });
  const hidden = { name: 'Authorization', prefix: 'Bearer ', secret, variable: 'PROD_TOKEN' };
  const line = curlText({ method: 'GET', url: 'http://h/x', headers, body: undefined }, [hidden]);
  expect(line).toBe(`curl -H 'authorization: Bearer '"$PROD_TOKEN" http://h/x`);
  expect(given(line, { PROD_TOKEN: secret })).toEqual([
    '-H',
    `authorization: Bearer ${secret}`,
    'http://h/x',
  ]);
});
