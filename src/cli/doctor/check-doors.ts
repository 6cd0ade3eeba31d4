/** Asks what listens as a rebound web page would, and as one of another origin: both must be refused. */
import { request } from 'node:http';
import { messageOf } from '../../errors/errors.ts';
import { ok, problem, skipped, type Finding } from './finding.ts';

const LOOK_MS = 5_000;
/** A name that leads nowhere. */
const FOREIGN = 'rebound.invalid';

/** @param url what a program of this machine would fetch */
export async function checkDoor(check: string, url: string | null | undefined): Promise<Finding> {
  if (url === null || url === undefined) return skipped(check, 'does not run');
  const { host } = new URL(url);
  const pages = [{ host: FOREIGN }, { host, origin: `https://${FOREIGN}` }, { host, origin: 'null' }];
  try {
    const statuses = await Promise.all(pages.map((headers) => statusOf(url, headers)));
    if (statuses.every((status) => status === 403))
      return ok(check, `${url} refuses web pages that are not its own`);
    const says = `${url} answers web pages of others (${statuses.join(', ')} instead of 403)`;
    return problem(check, says, 'start it with this version of Baton, or keep browsers away from it');
  } catch (error) {
    return problem(check, `${url} does not answer: ${messageOf(error)}`, 'look into its log');
  }
}

function statusOf(url: string, headers: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers, agent: false, signal: AbortSignal.timeout(LOOK_MS) }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.once('error', reject).end();
  });
}
