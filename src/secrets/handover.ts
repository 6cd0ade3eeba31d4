/**
 * Secrets handed to a process beside its environment: `/proc/PID/environ` shows for ever what a process was started
 * with, to every process of the same user. So they come by stdin, and are put into `process.env` from there.
 */
import { readFileSync } from 'node:fs';
import { isSecret } from './known-secrets.ts';

/** Says that stdin holds an object of variables. */
const SIGN = 'BATON_SECRETS_BY_STDIN';
/** From one program to the next, for as long as a shell lives. */
const CARRIED = 'BATON_SECRETS_CARRIED';

export interface Handover {
  /** What may be seen. */
  readonly env: NodeJS.ProcessEnv;
  /** For stdin, which then ends. */
  readonly stdin: string;
}

/** Parts an environment for a child that calls {@link takeHandedOver}. */
export function handOver(env: NodeJS.ProcessEnv): Handover {
  const entries = Object.entries(env).filter(([, value]) => value !== undefined);
  const secret = ([name, value]: readonly [string, string | undefined]) => isSecret(name, value ?? '');
  return {
    env: { ...Object.fromEntries(entries.filter((entry) => !secret(entry))), [SIGN]: '1' },
    stdin: JSON.stringify(Object.fromEntries(entries.filter(secret))),
  };
}

let taken = false;

/** Completes `process.env` by what was handed over; nothing happens the second time. */
export function takeHandedOver(): void {
  if (process.env[SIGN] !== '1') return;
  delete process.env[SIGN];
  taken = true;
  Object.assign(process.env, JSON.parse(readFileSync(0, 'utf8')));
}

/** Replaces this process by another program, where Node can: from 22.15 on. */
type Execve = (file: string, args: readonly string[], env: NodeJS.ProcessEnv) => never;

/**
 * Starts this process anew with its secrets handed over, under the same pid; what was begun is lost, so it comes first.
 * Nothing happens where there is nothing to hide, where Node cannot do it, and where somebody is at the other end of a
 * channel.
 */
export function hideEnvironment(): void {
  const { execve } = process as { execve?: Execve };
  if (taken) return;
  const { env, stdin } = handOver(process.env);
  if (execve === undefined || process.platform !== 'linux' || process.connected === true || stdin === '{}')
    return;
  // The shell makes it the input of what takes its own place.
  const script = `input=$${CARRIED}; unset ${CARRIED}; exec "$@" <<END\n$input\nEND\n`;
  const own = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  execve('/bin/sh', ['sh', '-c', script, 'sh', ...own], { ...env, [CARRIED]: stdin });
}
