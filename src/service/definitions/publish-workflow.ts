/** Publishes a definition: versions are immutable, and the same one twice is the same row. */
import type { z } from 'zod';
import type { Published } from '../../contract/workflow.ts';
import { ConflictError, UnprocessableError } from '../../errors/errors.ts';
import type { Scope } from '../services.ts';
import { versionJson, type VersionRow } from '../views/workflow.ts';
import type { Rows, Store } from '../ways/store.ts';
import { assertNotArchived, noWorkflow } from './choose-version.ts';
import { compileOrRefuse, type DefinitionText } from './compile-or-refuse.ts';
import { addVersionDependencies } from './queries/add-version-dependencies.ts';
import { addVersionSteps } from './queries/add-version-steps.ts';
import { addVersion, type NewVersion } from './queries/add-version.ts';
import { addWorkflow } from './queries/add-workflow.ts';
import { findVersionNumber } from './queries/find-version-number.ts';
import { lockWorkflow } from './queries/lock-workflow.ts';
import { setLatestVersion } from './queries/set-latest-version.ts';

export interface PublishedWorkflow {
  readonly version: z.output<typeof Published>;
  /** False when exactly this was published before. */
  readonly created: boolean;
}

type Publication = DefinitionText & {
  readonly by?: string | undefined;
  readonly workflow?: string | undefined;
};

/**
 * @param text `by`: who publishes, for people. `workflow`: of which it has to be a version, if that is said.
 * @throws UnprocessableError `definition_invalid`, `definition_too_costly`, `agents_unreadable`; NotFoundError
 *   `workflow_not_found` where there is none of that name yet; ConflictError `version_exists` for other content under a
 *   published version, `workflow_archived`; UnavailableError.
 */
export async function publishWorkflow(
  scope: Scope,
  { by, workflow, ...text }: Publication,
): Promise<PublishedWorkflow> {
  const { plan, warnings } = await compileOrRefuse(scope, text);
  if (workflow !== undefined && workflow !== plan.name) throw otherName(plan.name, workflow);
  scope.call.record?.note({ workflow: plan.name, detail: { version: plan.version, hash: plan.hash } });
  const { source, format } = text;
  const { row, created } = await publish(
    scope.store,
    { plan, source, format, publishedBy: by ?? null },
    workflow !== undefined,
  );
  return { version: { ...versionJson(row), warnings: [...warnings] }, created };
}

/** One transaction; two publishers of one name go one after the other. @param isThere it is no new workflow */
function publish(
  store: Store,
  version: NewVersion,
  isThere: boolean,
): Promise<{ readonly row: VersionRow; readonly created: boolean }> {
  return store.transaction(async (rows) => {
    const { plan } = version;
    if (!isThere) await rows.all(addWorkflow(plan.name, plan.version));
    const workflow = await rows.first<{ archived_at: Date | null }>(lockWorkflow(plan.name));
    if (workflow === undefined) throw noWorkflow(plan.name);
    const row = await rows.first<VersionRow>(findVersionNumber(plan.name, plan.version));
    if (row?.hash === plan.hash) return { row, created: false };
    if (row !== undefined) throw versionExists(row);
    assertNotArchived({ workflow: plan.name, archived_at: workflow.archived_at });
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

function otherName(name: string, workflow: string): UnprocessableError {
  const message = `The definition is of "${name}", and "${workflow}" is to have a new version. Change its name, or publish it as what it is.`;
  return new UnprocessableError('definition_invalid', message, [
    { path: 'name', code: 'other_name', message },
  ]);
}

function versionExists({ workflow, version, hash }: VersionRow): ConflictError {
  const message =
    `Version ${version} of "${workflow}" is published with other content (${hash}) and never changes. ` +
    'Give the new text another version.';
  return new ConflictError('version_exists', message);
}
