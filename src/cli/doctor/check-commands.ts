/** As whom, and whether at all, steps run commands on the workers of this machine, and what is not enforced here. */
import { findIsolation } from '../../activities/processes/isolation.ts';
import type { Config } from '../../config.ts';
import { ok, warning, type Finding } from './finding.ts';

export async function checkCommands(config: Config): Promise<Finding> {
  const check = 'commands';
  if (!config.BATON_ALLOW_COMMANDS) return ok(check, 'steps run no commands here (BATON_ALLOW_COMMANDS)');
  const { user, namespaces, missing } = await findIsolation(config);
  const who = user === null ? 'as the workers’ own user' : `as ${user.name}`;
  const where = namespaces === null ? 'without namespaces' : 'in namespaces of their own';
  const what = `steps run commands ${who}, ${where}`;
  if (missing.length === 0) return ok(check, what);
  return warning(check, what, `not enforced here: ${missing.join('; ')}`);
}
