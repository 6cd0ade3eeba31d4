/**
 * The ports that programs listen on were free when they were chosen. One that somebody else has taken since, be it as the
 * far end of a connection, is given up for another before the program is started.
 */
import { choosePort, isFree } from './servers/ports.ts';
import type { StackInfo } from './home/stack-file.ts';
import type { Report } from './report.ts';
import type { ProgramName } from './programs/programs.ts';

/** The stack with this program where it can listen, which is reported where it is elsewhere than before; itself where it is not. */
export async function withFreePorts(info: StackInfo, name: ProgramName, report: Report): Promise<StackInfo> {
  const url = new URL(urlOf(info, name));
  const port = await moved(Number(url.port), name, report);
  if (port !== null) url.port = String(port);
  const placed = port === null ? info : withUrl(info, name, url);
  if (name !== 'api' || info.grpc === null) return placed;
  const grpc = await moved(Number(portOf(info.grpc)), 'gRPC', report);
  return grpc === null ? placed : { ...placed, grpc: info.grpc.replace(/\d+$/, String(grpc)) };
}

/** Another port for one that is taken; null: it is not. */
async function moved(taken: number, what: string, report: Report): Promise<number | null> {
  if (await isFree(taken, '127.0.0.1')) return null;
  const port = await choosePort();
  report(`port ${taken} of ${what} is taken by another program: it listens on ${port} now`);
  return port;
}

/** Of `host:port`. */
export function portOf(address: string): string {
  return address.slice(address.lastIndexOf(':') + 1);
}

/** Where it shows its figures and its health; the API does so beside everything else. */
export function urlOf(info: StackInfo, name: ProgramName): string {
  if (name === 'api') return info.api;
  return name === 'projector' ? info.projector_metrics : (info.worker_metrics[name] ?? '');
}

/** The stack with this program there. */
function withUrl(info: StackInfo, name: ProgramName, url: URL): StackInfo {
  if (name === 'api') return { ...info, api: url.origin };
  if (name === 'projector') return { ...info, projector_metrics: url.href };
  return { ...info, worker_metrics: { ...info.worker_metrics, [name]: url.href } };
}
