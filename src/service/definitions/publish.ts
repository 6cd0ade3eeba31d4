/** Publishes a compiled definition: versions are immutable, and the same one twice is the same row. */
import { ConflictError } from '../../errors/errors.ts';
import { addVersion, type NewVersion } from './queries/add-version.ts';
import { addVersionDependencies } from './queries/add-version-dependencies.ts';
import { addVersionSteps } from './queries/add-version-steps.ts';
import { addWorkflow } from './queries/add-workflow.ts';
import { findVersionNumber } from './queries/find-version-number.ts';
import { lockWorkflow } from './queries/lock-workflow.ts';
import { setLatestVersion } from './queries/set-latest-version.ts';
import { assertNotArchived } from './choose-version.ts';
import type { Rows, Store } from '../ways/store.ts';
import type { VersionRow } from '../views/workflow.ts';

export interface PublishResult {
  readonly row: VersionRow;
  /** False when exactly this was published before. */
  readonly created: boolean;
}

/**
 * One transaction; two publishers of one name go one after the other.
 *
 * @throws ConflictError `version_exists` for other content under a published version, `workflow_archived`.
 */
export function publish(store: Store, version: NewVersion): Promise<PublishResult> {
  return store.transaction(async (rows) => {
    const { plan } = version;
    await rows.all(addWorkflow(plan.name, plan.version));
    const workflow = await rows.first<{ archived_at: Date | null }>(lockWorkflow(plan.name));
    const row = await rows.first<VersionRow>(findVersionNumber(plan.name, plan.version));
    if (row?.hash === plan.hash) return { row, created: false };
    if (row !== undefined) throw versionExists(row);
    assertNotArchived({ workflow: plan.name, archived_at: workflow?.archived_at ?? null });
    return { row: await add(rows, version), created: true };
  });
}

async function add(rows: Rows, version: NewVersion): Promise<VersionRow> {
  const { plan } = version;
  const row = await rows.first<VersionRow>(addVersion(version));
  if (row === undefined) throw new Error(`version ${plan.name}@${plan.version} was not inserted`);
  await rows.all(addVersionSteps(plan));
  await rows.all(addVersionDependencies(plan));
  await rows.all(setLatestVersion(plan.name, plan.version));
  return row;
}

function versionExists({ workflow, version, hash }: VersionRow): ConflictError {
  const message =
    `Version ${version} of "${workflow}" is published with other content (${hash}) and never changes. ` +
    'Give the new text another version.';
  return new ConflictError('version_exists', message);
}
