/**
 * The ports that programs listen on were free when they were chosen. One that somebody else has taken since, be it as the
 * far end of a connection, is given up for another before the program is started.
 */
import { choosePort, isFree } from './servers/ports.ts';
import type { StackInfo } from './home/stack-file.ts';
import type { Report } from './report.ts';
import type { ProgramName } from './programs/programs.ts';

/** Where this program listens from now on, which is reported; null: where it did. */
export async function movedTo(info: StackInfo, name: ProgramName, report: Report): Promise<URL | null> {
  const url = new URL(urlOf(info, name));
  const taken = Number(url.port);
  if (await isFree(taken, '127.0.0.1')) return null;
  url.port = String(await choosePort());
  report(`port ${taken} of ${name} is taken by another program: it listens on ${url.port} now`);
  return url;
}

/** Where it shows its figures and its health; the API does so beside everything else. */
export function urlOf(info: StackInfo, name: ProgramName): string {
  if (name === 'api') return info.api;
  return name === 'projector' ? info.projector_metrics : (info.worker_metrics[name] ?? '');
}

/** The stack with this program there. */
export function withUrl(info: StackInfo, name: ProgramName, url: URL): StackInfo {
  if (name === 'api') return { ...info, api: url.origin };
  if (name === 'projector') return { ...info, projector_metrics: url.href };
  return { ...info, worker_metrics: { ...info.worker_metrics, [name]: url.href } };
}
