/**
 * Which repositories a workspace may be cloned from: `https` and `ssh` hosts with public addresses, and directories of
 * this worker inside BATON_WORKSPACE_SOURCES. Nothing here can be mistaken by git for an option or another transport.
 */
import { realpath } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../../errors/errors.ts';
import { publicAddresses } from '../network/public-host.ts';
import { StepFailure } from '../step-failure.ts';
import { isWithin } from '../places/inside.ts';
import { workspacesOf } from '../places/layout.ts';

export interface SourceRules {
  readonly home: string;
  /** Absolute directories. */
  readonly localSources: readonly string[];
  readonly allowPrivate: boolean;
}

/** A repository that may be cloned. */
export interface GitSource {
  /** As git takes it. */
  readonly url: string;
  /** Without user and password, for people. */
  readonly shown: string;
  readonly remote: boolean;
  /** Settings that git is given for this source: `name=value`. */
  readonly settings: readonly string[];
}

/** Judges what a definition names. @throws StepFailure `workspace_failed` with reason and remedy */
export async function gitSource(url: string, rules: SourceRules): Promise<GitSource> {
  if (url === '' || url.startsWith('-') || /[\u0000-\u001f\u007f]/.test(url)) {
    throw refused(`${JSON.stringify(url)} is no URL of a repository`);
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(url)) return byUrl(url, rules);
  const host = /^(?:[^/@:]+@)?(\[[^\]/]+\]|[^/@:]+):(?!:)/.exec(url)?.[1];
  if (host !== undefined) return remote(url, { host, shown: url, rules });
  if (/^[^/]*:/.test(url)) throw refused(`${JSON.stringify(url)} uses a transport that is not allowed`);
  return local(url, rules);
}

async function byUrl(text: string, rules: SourceRules): Promise<GitSource> {
  if (!URL.canParse(text)) throw refused(`${JSON.stringify(text)} is no URL of a repository`);
  const url = new URL(text);
  if (url.protocol === 'file:') return local(pathOf(url), rules);
  if (url.protocol !== 'https:' && url.protocol !== 'ssh:') {
    throw refused(`Repositories are not cloned by ${url.protocol.slice(0, -1)}; use https or ssh`);
  }
  const shown = `${url.protocol}//${url.host}${url.pathname}`;
  return remote(text, { host: url.hostname, port: url.port || '443', shown, rules });
}

function pathOf(url: URL): string {
  try {
    return fileURLToPath(url);
  } catch (error) {
    throw refused(`${url.href} names no directory of this worker: ${messageOf(error)}`);
  }
}

interface Host {
  readonly host: string;
  readonly port?: string;
  readonly shown: string;
  readonly rules: SourceRules;
}

async function remote(url: string, { host, port, shown, rules }: Host): Promise<GitSource> {
  if (host.startsWith('-')) throw refused(`${JSON.stringify(host)} is no host`);
  if (rules.allowPrivate) return { url, shown, remote: true, settings: [] };
  const addresses = await publicAddresses(host).catch((error: unknown) => {
    throw refused(`${shown} cannot be cloned: ${messageOf(error).replace(/\.$/, '')}`);
  });
  // A redirect could lead to an address that nobody has judged.
  const settings = ['http.followRedirects=false'];
  if (port !== undefined) settings.push(`http.curloptResolve=${host}:${port}:${addresses.join(',')}`);
  return { url, shown, remote: true, settings };
}

/** Relative paths are looked for in each of the sources, in their order. */
async function local(path: string, { home, localSources }: SourceRules): Promise<GitSource> {
  const candidates = isAbsolute(path) ? [path] : localSources.map((source) => resolve(source, path));
  const [real] = await existing(candidates);
  const roots = await existing(localSources);
  if (real !== undefined && roots.some((root) => isWithin(root, real))) {
    const [own] = await existing([workspacesOf(home)]);
    if (own === undefined || !isWithin(own, real)) {
      return { url: real, shown: real, remote: false, settings: [] };
    }
    throw refused(`${path} is the workspace of a run`);
  }
  throw refused(
    `${path} is no directory that may be cloned. Directories of this worker must lie inside ` +
      `BATON_WORKSPACE_SOURCES (${localSources.join(':') || 'which is empty'})`,
  );
}

async function existing(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map((path) => realpath(path).catch(() => null)));
  return found.filter((path) => path !== null);
}

function refused(reason: string): StepFailure {
  return new StepFailure('workspace_failed', `Workspace: ${reason}.`);
}
