/** Canaries as secrets of a worker, and steps that let them out in every way: none stands in any table afterwards. */
import { gunzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { sql } from '../src/database/sql.ts';
import { afterFile } from './support/after-file.ts';
import { startBaton, type Baton } from './support/baton.ts';
import { startEchoServer, type EchoServer } from './support/echo-server.ts';

const SECRETS = {
  BATON_SECRET_TOKEN: 'tok/en+canary="1"&x',
  BATON_SECRET_PLAIN: 'plain-canary-0123456789',
  BATON_SECRET_LINE: 'first-line-canary\nsecond-line-canary\nthird-line-canary',
  OPENAI_API_KEY: 'sk-vendor-canary',
};
const DEFINITION = `
name: canary
version: 1.0.0
failure: finish
inputs: { url: string }
steps:
  - key: echo
    http: { url: '{{ inputs.url }}/echo', method: POST, query: { t: '{{ secrets.TOKEN }}', p: '{{ secrets.PLAIN }}' }, headers: { authorization: 'Bearer {{ secrets.PLAIN }}' }, body: '{{ secrets.TOKEN }}' }
  - { key: straddle, http: { url: '{{ inputs.url }}/straddle', headers: { authorization: 'Bearer {{ secrets.PLAIN }}' } } }
  - { key: stash, http: { url: '{{ inputs.url }}/stash', method: POST, headers: { authorization: 'Bearer {{ secrets.PLAIN }}' }, body: x } }
  - { key: unstash, http: { url: '{{ inputs.url }}/unstash' }, dependencies: [stash] }
  - { key: later, transform: '{{ steps.unstash.result }}', dependencies: [unstash] }
  - { key: envdump, command: [sh, -c, env] }
  - { key: procenv, command: [sh, -c, "cat /proc/[0-9]*/environ /proc/$PPID/environ 2>/dev/null | tr '\\\\0' '\\\\n'; exit 0"] }
  - { key: line, command: [sh, -c, 'echo "$L" | sed -n 2p'], env: { L: '{{ secrets.LINE }}' } }
  - { key: lineerr, command: [sh, -c, 'echo "$L" >&2; exit 1'], env: { L: '{{ secrets.LINE }}' } }
  - { key: b64, command: [sh, -c, 'printf %s "$L" | base64; printf "x:%s" "$L" | base64 -w 10; printf %s "$L" | od -An -tx1'], env: { L: '{{ secrets.PLAIN }}' } }
  - { key: stderrcut, command: [sh, -c, 'printf %s "$L" >&2; head -c 3985 /dev/zero | tr "\\\\0" z >&2; exit 1'], env: { L: '{{ secrets.PLAIN }}' } }
  - { key: usercred, http: { url: 'http://u:{{ secrets.TOKEN }}@127.0.0.1:9/x' } }
  - { key: badurl, http: { url: 'htp:/{{ secrets.PLAIN }}' } }
  - { key: badhdr, http: { url: '{{ inputs.url }}/x', headers: { x: '{{ secrets.LINE }}' } } }
  - { key: missing, command: ['{{ secrets.PLAIN }}'] }
  - { key: badcwd, command: ['true'], cwd: '/{{ secrets.PLAIN }}' }
`;
/** Parts of the canaries, as they are and encoded, that are in no word of ours. */
const TRACES =
  /canary-0123|line-canary|vendor-canary|en\+canary|en%2Bcanary|cGxhaW4tY2FuYXJ5|xhaW4tY2FuYXJ5|706c61696e2d|70 6c 61 69/i;

let server: EchoServer;
let baton: Baton;
beforeAll(async () => {
  Object.assign(process.env, SECRETS);
  server = await startEchoServer();
  baton = await startBaton({ BATON_ALLOW_COMMANDS: '1', BATON_ALLOW_PRIVATE_NETWORK: '1' });
});
afterFile(() => server.close());

test('no secret stands in any table, or in a bundle, however a step lets it out', async () => {
  await baton.publish(DEFINITION);
  const { id } = await baton.start({ workflow: 'canary', inputs: { url: server.url } });
  await baton.finished(id);
  const steps = await baton.steps(id);
  const statuses = Object.fromEntries(Object.entries(steps).map(([key, { status }]) => [key, status]));
  const failing = ['straddle', 'lineerr', 'stderrcut', 'usercred', 'badurl', 'badhdr', 'missing', 'badcwd'];
  expect(statuses).toEqual(
    Object.fromEntries(
      Object.keys(steps).map((key) => [key, failing.includes(key) ? 'failed' : 'completed']),
    ),
  );
  expect(JSON.stringify(steps['line']?.output)).toContain('***');
  const { rows } = await baton.database.query<{ name: string }>(
    sql`select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  for (const { name } of rows) {
    const { rows: found } = await baton.database.query({
      text: `select to_jsonb(t)::text as row from "${name}" t`,
      values: [],
    });
    for (const { row } of found as { row: string }[]) expect(row, name).not.toMatch(TRACES);
  }
  const bundle = await fetch(`${baton.url}/api/v1/runs/${id}/bundle`);
  const lines = gunzipSync(Buffer.from(await bundle.arrayBuffer()))
    .toString()
    .split('\n');
  const EVENT = /"data":"\\\\x([0-9a-f]*)"/;
  expect(lines.filter((line) => EVENT.test(line)).length).toBeGreaterThan(10);
  for (const line of lines) {
    expect(line.replace(EVENT, '')).not.toMatch(TRACES);
    expect(Buffer.from(EVENT.exec(line)?.[1] ?? '', 'hex').toString('latin1')).not.toMatch(TRACES);
  }
  const url = new URL(baton.databaseUrl);
  expect(JSON.stringify(steps['procenv'])).not.toContain(url.password || url.href);
});
