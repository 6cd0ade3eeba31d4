/**
 * Activity `workspace`: the directory that the steps of a run share, empty or a fresh clone, or with the files of a
 * snapshot.
 *
 * It is made under another name and then renamed, so that it is there whole or not at all: the same input on the same
 * home finds what an earlier try has made, and a try that died half way leaves nothing in the way. Files of a snapshot
 * are brought back in the directory itself; a try that died there is made again before anybody works in it.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { render } from '../../expressions/index.ts';
import type { WorkspaceSpec } from '../../plan/plan.ts';
import type { Scope } from '../../plan/template.ts';
import type { TakenSnapshot } from '../../protocol/snapshot.ts';
import type { WorkspaceActivity, WorkspaceInput, WorkspaceOutput } from '../../protocol/activity.ts';
import { framed, type ActivityDeps } from '../frame.ts';
import { loadScope } from '../scope.ts';
import { StepFailure } from '../step-failure.ts';
import { asText } from '../texts.ts';
import type { ProcessMeans } from '../processes/run-process.ts';
import { clone, headCommit, type CloneRequest } from './clone.ts';
import { bringBack } from './snapshots/bring-back.ts';
import { findFiles } from './snapshots/find-files.ts';
import { foundEmpty, foundStore } from './snapshots/found-store.ts';
import { storeOf, type Store } from './snapshots/store.ts';
import { takeSnapshot } from './snapshots/take-snapshot.ts';
import { gitSource, type SourceRules } from './git-source.ts';
import { git, GitError, type GitOptions } from './git.ts';
import { codeOf } from '../places/inside.ts';
import { runDirectory, workspaceName } from '../places/layout.ts';

/** The message of a workspace's first snapshot. */
const BEGIN = 'begin';

export interface WorkspaceOptions extends SourceRules, ProcessMeans {
  /** The task queue that leads to this worker's home. */
  readonly queue: string;
  /** The worker's environment. */
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Makes the activity. It fails with `workspace_failed`, `workspace_snapshot_lost`, `value_missing` or
 * `storage_unavailable`.
 */
export function openWorkspaceActivity(deps: ActivityDeps, options: WorkspaceOptions): WorkspaceActivity {
  const describe = ({ run, generation }: WorkspaceInput) => ({ run: run.id, kind: 'workspace', generation });
  return framed(deps, describe, async (input: WorkspaceInput, { signal }) => {
    const scope = await loadScope(input, deps);
    return openWorkspace(input, scope, { ...options, database: deps.database }, signal);
  });
}

/** The activity's work, without its frame. */
export async function openWorkspace(
  input: WorkspaceInput,
  scope: Scope,
  options: WorkspaceOptions & Pick<ActivityDeps, 'database'>,
  signal: AbortSignal,
): Promise<WorkspaceOutput> {
  // Judged before anything is made.
  const origin = input.spec.source === 'git' ? await originOf(input.spec, scope, options) : null;
  const directory = runDirectory(options.home, input.run.id);
  const path = join(directory, workspaceName(input));
  await onDisk(() => prepare(directory, path, input.run.id));
  const { env, launcher, masking } = options;
  const gitOptions: GitOptions = { cwd: directory, env, launcher, masking, signal };
  const store = storeOf(path, options, signal);
  const base = input.files?.base ?? null;
  const made = (await exists(path)) ? null : await make(store, origin, base, gitOptions);
  const { commit } = made ?? (await found(origin, { ...gitOptions, cwd: path }));
  const place = { path, queue: options.queue, commit };
  const { files } = input;
  if (files === undefined) {
    const elsewhere = input.spec.snapshots === true ? options.database : null;
    const begun = elsewhere === null ? made?.snapshot : null;
    const snapshot = begun ?? (await takeSnapshot(store, BEGIN, elsewhere));
    return { ...place, comment: commentOn(origin, commit), snapshot };
  }
  await findFiles(store, files, options);
  const { before } = await bringBack(store, files.commit);
  const { commit: wanted, kept } = files;
  const snapshot = { commit: wanted, at: Date.now(), ...(kept !== undefined && { kept }) };
  return { ...place, comment: commentOnFiles(wanted, before), snapshot };
}

type Origin = Pick<CloneRequest, 'source' | 'ref'>;

interface Made {
  /** That was cloned. */
  readonly commit: string | null;
  /** The first one, where it was made with the directory. */
  readonly snapshot: TakenSnapshot | null;
}

/** The directory, and its store. null: another try was faster, so programs of others may be there by now. */
async function make(
  store: Store,
  origin: Origin | null,
  base: string | null,
  options: GitOptions,
): Promise<Made | null> {
  const { workspace, directory } = store;
  const made = await whole(workspace, async (draft) => {
    if (origin === null) return { commit: null, snapshot: await makeEmpty(draft, store, options) };
    await clone({ ...origin, base, target: draft, options });
    return { commit: await headCommit({ ...options, cwd: draft }), snapshot: null };
  });
  const { commit = null } = made ?? {};
  if (commit !== null && !(await exists(directory))) await foundStore(store, commit);
  return made;
}

/** What an earlier or a faster try made. */
async function found(origin: Origin | null, options: GitOptions): Promise<Pick<Made, 'commit'>> {
  return { commit: origin === null ? null : await headCommit({ ...options, trust: 'none' }) };
}

async function originOf(
  spec: Extract<WorkspaceSpec, { source: 'git' }>,
  scope: Scope,
  rules: SourceRules,
): Promise<Origin> {
  const ref = spec.ref === null ? null : render(spec.ref, scope);
  return {
    source: await gitSource(asText(render(spec.url, scope)), rules),
    // An input that was left empty: what the repository says.
    ref: ref === null || ref === '' ? null : asText(ref),
  };
}

function commentOn(origin: Origin | null, commit: string | null): string {
  if (origin === null) return 'Workspace: an empty directory';
  const ref = origin.ref === null ? '' : ` (${origin.ref})`;
  return `Workspace: cloned ${origin.source.shown}${ref} at ${commit?.slice(0, 7) ?? 'no commit yet'}`;
}

function commentOnFiles(commit: string, before: string | null): string {
  const was = before === null ? 'which they were' : `what was there is ${before.slice(0, 7)}`;
  return `Workspace: its files are those of snapshot ${commit.slice(0, 7)} (${was})`;
}

/**
 * A repository of its own: git inside it must not find one that happens to lie around the home. Answers its snapshot where
 * the store was begun with it.
 */
async function makeEmpty(draft: string, store: Store, options: GitOptions): Promise<TakenSnapshot | null> {
  await mkdir(draft);
  const begun = (await exists(store.directory)) ? null : await foundEmpty(store, draft, BEGIN);
  if (begun !== null) return begun;
  try {
    await git(['init', '--quiet', '--template='], { ...options, cwd: draft });
  } catch (error) {
    // Without git it is a plain directory.
    if (codeOf(error) !== 'ENOENT' && !(error instanceof GitError)) throw error;
  }
  return null;
}

/**
 * Makes `path` under another name and renames it; of two that try at once the first one counts. Answers what `make` does;
 * null for the other.
 */
async function whole<T>(path: string, make: (draft: string) => Promise<T>): Promise<T | null> {
  const draft = `${path}.draft-${randomUUID()}`;
  try {
    const made = await make(draft);
    await onDisk(() => rename(draft, path));
    return made;
  } catch (error) {
    if (!(await exists(path))) throw error;
    return null;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** The run's directory, without what a try that died has left. */
async function prepare(directory: string, path: string, runId: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'run'), runId);
  const drafts = (await readdir(directory)).filter((name) => name.startsWith(`${basename(path)}.draft-`));
  await Promise.all(drafts.map((name) => rm(join(directory, name), { recursive: true, force: true })));
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StepFailure || codeOf(error) === undefined) throw error;
    const reason = (error as Error).message;
    throw new StepFailure(
      'workspace_failed',
      `Workspace: it cannot be made on this worker: ${reason}.`,
      {},
      { cause: error },
    );
  }
}
