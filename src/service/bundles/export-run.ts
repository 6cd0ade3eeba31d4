/** The bundle of a run, and the key that it is signed with. */
import type { InstallationKey } from '../../contract/shared/installation-key.ts';
import { assertDetails, behind, readTarget } from '../runs/find-target.ts';
import { assertOwn } from '../runs/own-run.ts';
import type { Services } from '../services.ts';

/**
 * The lines of the bundle, to be packed by whoever sends them.
 *
 * @throws NotFoundError `run_not_found`; ConflictError `run_archived`, `run_imported`; UnavailableError
 *   `projection_behind`, `server_busy`, `signing_key_unavailable`
 */
export async function exportRun(services: Services, runId: string): Promise<AsyncGenerator<string>> {
  const { run, projected } = await readTarget(services, runId);
  if (!projected) throw behind(`Nothing is stored of run "${runId}" yet.`);
  assertDetails(run);
  assertOwn(run);
  return services.bundles.write(runId);
}

/** @throws UnavailableError `signing_key_unavailable` */
export async function readKey({ bundles }: Services): Promise<InstallationKey> {
  const { fingerprint, pem } = bundles.key();
  return { algorithm: 'ed25519', fingerprint, public_key: pem };
}
