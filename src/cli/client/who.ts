import { hostname, userInfo } from 'node:os';

/** Who gives a command, for the record: `user@host`. */
export function who(): string {
  return `${userName()}@${hostname()}`.slice(0, 200);
}

/** A container may run under a user id without a name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return process.env['USER'] ?? 'unknown';
  }
}
