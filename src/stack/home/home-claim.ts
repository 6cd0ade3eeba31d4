/** One supervisor per BATON_HOME. A supervisor that was killed does not block the next one. */
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { privateDirectory } from './private-files.ts';
import { forgetProcess, recordedProcess, recordProcess } from './process-record.ts';

/** Either the home is ours until `release`, or the process `holder` has it. */
export type Claim = { readonly holder: number } | { readonly holder: null; release(): void };

export async function claimHome(home: string): Promise<Claim> {
  privateDirectory(home);
  const record = supervisorRecord(home);
  // Held for the look and the write only; the record itself is what lasts.
  const release = await lock(home, {
    lockfilePath: join(home, 'claim.lock'),
    stale: 5_000,
    retries: { retries: 100, minTimeout: 100, maxTimeout: 100 },
  });
  try {
    const holder = recordedProcess(record);
    if (holder !== undefined && holder !== process.pid) return { holder };
    recordProcess(record, process.pid);
    return { holder: null, release: () => forgetProcess(record) };
  } finally {
    await release();
  }
}

/** The supervisor that holds this home, also while it starts or stops. */
export function supervisorOf(home: string): number | undefined {
  return recordedProcess(supervisorRecord(home));
}

const supervisorRecord = (home: string): string => join(home, 'supervisor.pid');
