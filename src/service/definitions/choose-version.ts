/** Which published plan a start means. */
import { ConflictError, InvalidError, NotFoundError } from '../../errors/errors.ts';
import { findVersion, type FullVersionRow } from './queries/find-version.ts';
import { findWorkflow } from './queries/find-workflow.ts';
import type { Rows } from '../ways/store.ts';

/** `name@version` in its parts; a name alone has no version. */
export function splitName(text: string): { readonly name: string; readonly version: string | undefined } {
  const at = text.indexOf('@', 1);
  return at === -1
    ? { name: text, version: undefined }
    : { name: text.slice(0, at), version: text.slice(at + 1) };
}

/**
 * The version that `workflow` (a name or `name@version`) and `version` name together; the newest without a version.
 *
 * @throws NotFoundError `workflow_not_found`, `version_not_found`.
 */
export async function chooseVersion(rows: Rows, workflow: string, version?: string): Promise<FullVersionRow> {
  const named = splitName(workflow);
  if (version !== undefined && named.version !== undefined && version !== named.version) {
    const message = `"${workflow}" and version "${version}" contradict each other. Give the version once.`;
    throw new InvalidError('invalid_request', message, [
      { path: 'body.version', code: 'contradiction', message },
    ]);
  }
  const wanted = version ?? named.version;
  const found = await rows.first<FullVersionRow>(findVersion(named.name, wanted));
  if (found !== undefined) return found;
  throw await missing(rows, named.name, wanted);
}

/** @throws ConflictError `workflow_archived`. */
export function assertNotArchived(found: Pick<FullVersionRow, 'archived_at' | 'workflow'>): void {
  if (found.archived_at === null) return;
  const message = `Workflow "${found.workflow}" is archived and takes no new runs or versions. Unarchive it first.`;
  throw new ConflictError('workflow_archived', message);
}

/** The error that says whether the name or the version is unknown. */
async function missing(rows: Rows, name: string, version: string | undefined): Promise<NotFoundError> {
  const known = await rows.first(findWorkflow(name));
  return known === undefined || version === undefined
    ? noWorkflow(name)
    : new NotFoundError('version_not_found', `Workflow "${name}" has no version "${version}".`);
}

export function noWorkflow(name: string): NotFoundError {
  return new NotFoundError(
    'workflow_not_found',
    `There is no workflow "${name}". Publish a definition of that name.`,
  );
}
