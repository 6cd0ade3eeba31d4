/** A fresh clone at a branch, tag or commit. Remote repositories are tried thrice, since networks fail. */
import { setTimeout as sleep } from 'node:timers/promises';
import { rm } from 'node:fs/promises';
import { StepFailure } from '../step-failure.ts';
import type { GitSource } from './git-source.ts';
import { git, GitError, type GitOptions } from './git.ts';

const TRIES = 3;
const DELAY_MS = 2_000;

export interface CloneRequest {
  readonly source: GitSource;
  /** Branch, tag or commit; null = what the repository says. */
  readonly ref: string | null;
  /** A commit that is to be checked out in its place, as far as the repository still has it; null: none. */
  readonly base?: string | null;
  /** Does not exist yet; its folder does. */
  readonly target: string;
  readonly options: GitOptions;
}

/** Clones. @throws StepFailure `workspace_failed` */
export async function clone(request: CloneRequest): Promise<void> {
  assertRef(request.ref);
  try {
    await withRetries(request, () => fetchAll(request));
    if (request.ref !== null) await checkOut(request, request.ref);
    if (request.base != null) await goBackTo(request, request.base);
  } catch (error) {
    throw failureOf(error, request);
  }
}

/** The commit of a work tree; null while there is none. */
export async function headCommit(options: GitOptions): Promise<string | null> {
  try {
    return await git(['rev-parse', '--verify', '--quiet', 'HEAD'], options);
  } catch (error) {
    if (error instanceof GitError) return null;
    throw error;
  }
}

async function fetchAll({ source, ref, target, options }: CloneRequest): Promise<void> {
  await rm(target, { recursive: true, force: true });
  // --no-local: objects are copied, not linked, so that nothing here can harm the source.
  const args = ['clone', '--quiet', '--no-local', '--template=', ...(ref === null ? [] : ['--no-checkout'])];
  await git([...args, '--', source.url, target], { ...options, settings: source.settings });
}

/** A ref that no branch or tag leads to (a commit, a pull request) is asked for by name. */
async function checkOut({ source, target, options }: CloneRequest, ref: string): Promise<void> {
  const inside = { ...options, cwd: target, settings: source.settings };
  try {
    await git(['checkout', '--quiet', ref, '--'], inside);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    await git(['fetch', '--quiet', 'origin', ref], inside);
    await git(['checkout', '--quiet', '--detach', 'FETCH_HEAD'], inside);
  }
}

/** The branch stands where it stood; one that has lost the commit since stays as it is. */
async function goBackTo({ source, target, options }: CloneRequest, base: string): Promise<void> {
  const inside = { ...options, cwd: target, settings: source.settings };
  if (!/^[0-9a-f]{40,64}$/.test(base)) return;
  try {
    await git(['reset', '--quiet', '--hard', base], inside);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
  }
}

async function withRetries({ source, options }: CloneRequest, work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof GitError) || !source.remote || tries === TRIES) throw error;
      await sleep(DELAY_MS, undefined, { signal: options.signal });
    }
  }
}

function assertRef(ref: string | null): void {
  if (ref === null || /^(?!-)[^\u0000-\u0020\u007f~^:?*[\\]+$/.test(ref)) return;
  throw new StepFailure(
    'workspace_failed',
    `Workspace: ${JSON.stringify(ref)} is no ref. Name a branch, a tag or a commit.`,
  );
}

function failureOf(error: unknown, { source, ref }: CloneRequest): unknown {
  if ((error as { code?: unknown }).code === 'ENOENT') {
    return new StepFailure(
      'workspace_failed',
      'Workspace: git was not found on this worker. Install it there.',
    );
  }
  if (!(error instanceof GitError)) return error;
  const said = error.message.replaceAll(source.url, source.shown);
  const what = ref === null ? source.shown : `${source.shown} at ${ref}`;
  return new StepFailure(
    'workspace_failed',
    `Workspace: ${what} cannot be cloned. git: ${said}`,
    {},
    { cause: error },
  );
}
