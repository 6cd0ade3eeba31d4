/** What the screen says of a running stack. */
import { join } from 'node:path';
import type { Config } from '../../config.ts';
import { withoutPassword } from '../../stack/servers/servers.ts';
import type { StackInfo } from '../../stack/home/stack-file.ts';
import { ApiClient } from '../client/api-client.ts';
import type { ToldRun } from '../client/told-run.ts';
import { hasEnded } from '../../protocol/status.ts';
import { note } from '../terminal/output.ts';
import { allItems } from '../following/watch-run.ts';

/** Where everything is. */
export function stackText(info: StackInfo, config: Config): string {
  return [
    'Baton is ready.',
    `  Console          ${info.api}/`,
    `  API              ${info.api}`,
    ...(info.grpc === null ? [] : [`  gRPC             ${info.grpc}`]),
    `  Temporal         ${info.temporal_address}, namespace ${info.temporal_namespace}`,
    ...(info.temporal_ui === null ? [] : [`  Temporal Web UI  ${info.temporal_ui}`]),
    `  Postgres         ${withoutPassword(info.database_url)}`,
    `  data and logs    ${config.BATON_HOME} (addresses and password: ${join(config.BATON_HOME, 'stack.json')})`,
  ].join('\n');
}

/** `3 earlier runs; 1 still open goes on.` Nothing when there are none. */
export function earlierRunsText(runs: readonly ToldRun[]): string | undefined {
  if (runs.length === 0) return undefined;
  const open = runs.filter((run) => !hasEnded(run)).length;
  const some = `${runs.length} earlier ${runs.length === 1 ? 'run' : 'runs'}`;
  if (open === 0) return `${some}: see \`npx baton list\`.`;
  return `${some}; ${open} still open ${open === 1 ? 'goes' : 'go'} on: see \`npx baton list\`.`;
}

/** Tells of the runs that an earlier start has left. */
export async function announceEarlierRuns(info: StackInfo): Promise<void> {
  const text = earlierRunsText(await allItems<ToldRun>(new ApiClient(info.api), '/runs'));
  if (text !== undefined) note(text);
}
