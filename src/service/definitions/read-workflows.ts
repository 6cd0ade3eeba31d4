/** Published workflows and their versions, for readers; and taking them out of use. */
import type { z } from 'zod';
import type {
  VersionDetail,
  VersionFilter,
  Workflow,
  WorkflowDetail,
  WorkflowFilter,
  WorkflowStep,
  WorkflowVersion,
} from '../../contract/workflow.ts';
import { decodeCursor, pageOf, type Page } from '../cursor.ts';
import type { Scope, Services } from '../services.ts';
import { versionJson, workflowJson, type VersionRow, type WorkflowRow } from '../views/workflow.ts';
import type { Rows } from '../ways/store.ts';
import { chooseVersion, noWorkflow, splitName } from './choose-version.ts';
import { findWorkflow } from './queries/find-workflow.ts';
import { listVersionSteps } from './queries/list-version-steps.ts';
import { listVersions } from './queries/list-versions.ts';
import { listWorkflows } from './queries/list-workflows.ts';
import { setArchived } from './queries/set-archived.ts';

type Means = Pick<Services, 'store'>;

/** A page of workflows by name. @throws InvalidError `invalid_cursor` */
export async function readWorkflows({ store }: Means, filter: WorkflowFilter): Promise<Page<Workflow>> {
  const after = filter.cursor === undefined ? undefined : decodeCursor('workflows', filter.cursor);
  const rows = await store.all<WorkflowRow>(listWorkflows(filter, after));
  return pageOf('workflows', rows, filter.limit, workflowJson, (row) => [row.name]);
}

/**
 * A workflow with one version of it.
 *
 * @param text its name, or `name@version`; the newest version without one.
 * @throws NotFoundError `workflow_not_found`, `version_not_found`.
 */
export async function readWorkflow({ store }: Means, text: string): Promise<z.output<typeof WorkflowDetail>> {
  const { plan, source: _, archived_at: __, ...version } = await chooseVersion(store, text);
  const workflow = await findOrThrow(store, version.workflow);
  const steps = await store.all<WorkflowStep>(listVersionSteps(version.workflow, version.version));
  const selected = { ...versionJson(version), inputs: plan.inputs, steps };
  return { ...workflowJson(workflow), selected };
}

/** A page of versions, newest first. @throws NotFoundError `workflow_not_found`; InvalidError `invalid_cursor` */
export async function readVersions(
  { store }: Means,
  name: string,
  filter: z.output<typeof VersionFilter>,
): Promise<Page<WorkflowVersion>> {
  const [before] = filter.cursor === undefined ? [] : decodeCursor('versions', filter.cursor);
  await findOrThrow(store, name);
  const ordinal = before === undefined ? undefined : Number(before);
  const rows = await store.all<VersionRow>(listVersions(name, filter.limit, ordinal));
  return pageOf('versions', rows, filter.limit, versionJson, (row) => [String(row.ordinal)]);
}

/** A version by its number or plan hash, with text and plan. @throws NotFoundError as {@link readWorkflow} does */
export async function readVersion(
  { store }: Means,
  name: string,
  version: string,
): Promise<z.output<typeof VersionDetail>> {
  const { archived_at: _, ...found } = await chooseVersion(store, name, version);
  return versionJson(found);
}

/**
 * Takes a workflow out of use, or back into it; answers it as it is now. An archived one takes no new runs; open ones
 * go on.
 *
 * @throws NotFoundError `workflow_not_found`.
 */
export async function setWorkflowArchived(
  { store, call }: Scope,
  name: string,
  archived: boolean,
): Promise<Workflow> {
  call.record?.note({ workflow: name });
  await store.all(setArchived(name, archived));
  return workflowJson(await findOrThrow(store, name));
}

async function findOrThrow(rows: Rows, text: string): Promise<WorkflowRow> {
  const row = await rows.first<WorkflowRow>(findWorkflow(splitName(text).name));
  if (row !== undefined) return row;
  throw noWorkflow(text);
}
