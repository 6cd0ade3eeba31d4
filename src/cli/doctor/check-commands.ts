/** As whom, and whether at all, steps run commands on the workers of this machine. */
import { statSync } from 'node:fs';
import { userInfo } from 'node:os';
import type { Config } from '../../config.ts';
import { ok, warning, type Finding } from './finding.ts';

/** @param pid a process of the stack; without one the question is who would start it. */
export function checkCommands(config: Config, pid: number | undefined): Finding {
  const check = 'commands';
  if (!config.BATON_ALLOW_COMMANDS) return ok(check, 'steps run no commands here (BATON_ALLOW_COMMANDS)');
  const uid = uidOf(pid);
  if (uid !== 0) return ok(check, `steps run commands with the rights of the workers (user id ${uid})`);
  return warning(
    check,
    'steps run commands, and the workers run as root',
    'run Baton as an ordinary user: what separates commands from the workers is in docs/tools.md',
  );
}

function uidOf(pid: number | undefined): number {
  try {
    return statSync(`/proc/${pid}`).uid;
  } catch {
    return userInfo().uid;
  }
}
