/** What a killed supervisor left running in a home. */
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { endPostgresLeftover } from './postgres.ts';
import type { Report } from '../report.ts';
import { removeStackInfo } from '../home/stack-file.ts';
import { endTemporalLeftover } from './temporal-server.ts';

/** Ends the servers that no supervisor looks after. Only for a home that nobody holds. */
export async function endLeftovers(home: string, report: Report): Promise<void> {
  removeStackInfo(home);
  if (!existsSync(home)) return;
  await endTemporalLeftover(home, report);
  for (const name of readdirSync(home).filter((entry) => /^postgres-\d+$/.test(entry))) {
    await endPostgresLeftover(join(realpathSync(join(home, name)), 'data'), report);
  }
}
