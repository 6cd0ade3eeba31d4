import { spawn } from 'node:child_process';
import { json } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { handOver } from './handover.ts';

const ENV = {
  ...process.env,
  BATON_SECRET_KEY: 'hush\n"$x" END',
  DATABASE_URL: 'postgres://a:b@h/d',
  BATON_PORT: '1',
};
const MODULE = JSON.stringify(new URL('./handover.ts', import.meta.url).href);
/** What a process knows, and what others can see of its environment. */
const program = (calls: string) => `
  import { readFileSync } from 'node:fs';
  import { hideEnvironment, takeHandedOver } from ${MODULE};
  ${calls}
  const { BATON_SECRET_KEY, DATABASE_URL, BATON_PORT } = process.env;
  const seen = readFileSync('/proc/self/environ', 'utf8');
  console.log(JSON.stringify({ BATON_SECRET_KEY, DATABASE_URL, BATON_PORT, seen }));
`;

async function told(calls: string, env: NodeJS.ProcessEnv, stdin: string) {
  const args = ['--import', 'tsx', '--input-type=module', '-e', program(calls)];
  const child = spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(stdin);
  return (await json(child.stdout)) as Record<string, string>;
}

describe.runIf(process.platform === 'linux')('secrets', () => {
  it('reach a child without being seen in its environment', async () => {
    const { env, stdin } = handOver(ENV);
    const { seen, ...known } = await told('takeHandedOver();', env, stdin);
    const { BATON_SECRET_KEY, DATABASE_URL, BATON_PORT } = ENV;
    expect(known).toEqual({ BATON_SECRET_KEY, DATABASE_URL, BATON_PORT });
    expect(seen).not.toMatch(/hush|postgres:/);
  });

  it.runIf('execve' in process)('are hidden by a process that was started with them', async () => {
    const { seen, ...known } = await told('takeHandedOver(); hideEnvironment();', ENV, '');
    expect(known['BATON_SECRET_KEY']).toBe(ENV.BATON_SECRET_KEY);
    expect(seen).not.toMatch(/hush|postgres:/);
  });
});
