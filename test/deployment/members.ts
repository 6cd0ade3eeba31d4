/** The programs of an installation with what each is told. */
import { mkdirSync, readFileSync, writeFileSync, cpSync, existsSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { ROOT } from '../../src/places.ts';
import type { MemberSpec } from './fleet.ts';
import type { Installation, Site } from './installation.ts';

export const EXAMPLES = join(ROOT, 'examples');
/** Workers of this capability serve nothing else. */
export const CAPABILITY = 'gpu';

/** What workers find in their places: answers of the scripted model, a repository, a home. */
export interface Places {
  readonly script: string;
  /** Directory that workspaces may be cloned from. */
  readonly sources: string;
  readonly repositories: { readonly app: string; readonly repo: string };
  readonly homes: string;
}

/** Made once an installation. */
export function makePlaces({ folder }: Installation): Places {
  const script = join(folder, 'script.yaml');
  const scripts = ['demo', 'build-feature', 'planner', 'ship-change', '../../test/deployment/script'];
  const calls = scripts.flatMap((name) => callsOf(join(EXAMPLES, 'scripts', `${name}.yaml`)));
  writeFileSync(script, stringify({ script: 1, calls }));
  const sources = join(folder, 'sources');
  mkdirSync(sources);
  const repositories = {
    app: repository(join(EXAMPLES, 'sample-app'), join(sources, 'app')),
    repo: repository(join(EXAMPLES, 'sample-repo'), join(sources, 'repo')),
  };
  const homes = join(folder, 'homes');
  mkdirSync(homes, { mode: 0o755 });
  return { script, sources, repositories, homes };
}

function callsOf(file: string): readonly unknown[] {
  return (parse(readFileSync(file, 'utf8')) as { readonly calls: readonly unknown[] }).calls;
}

function repository(from: string, to: string): string {
  if (existsSync(to)) return to;
  cpSync(from, to, { recursive: true });
  const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.com'];
  for (const args of [
    ['init', '-q'],
    ['add', '.'],
    ['commit', '-q', '-m', 'First'],
  ])
    execFileSync('git', [...who, ...args], { cwd: to });
  return to;
}

const reach = ({ databaseUrl, temporalAddress, namespace }: Site) => ({
  DATABASE_URL: databaseUrl,
  TEMPORAL_ADDRESS: temporalAddress,
  TEMPORAL_NAMESPACE: namespace,
});

export const api = (site: Site, name: string): MemberSpec => ({
  name,
  service: 'api',
  settings: { ...reach(site), BATON_AGENTS: join(ROOT, 'deploy', 'agents') },
});

export const projector = (site: Site, name: string): MemberSpec => ({
  name,
  service: 'projector',
  settings: reach(site),
});

export const workflows = (site: Site, name: string): MemberSpec => ({
  name,
  service: 'worker-workflows',
  settings: reach(site),
});

/** Workers share their home, as those of one machine do. */
export const worker = (site: Site, places: Places, name: string): MemberSpec => ({
  name,
  service: 'worker',
  settings: {
    ...reach(site),
    BATON_HOME: join(places.homes, site.namespace),
    BATON_AGENTS: join(ROOT, 'deploy', 'agents'),
    BATON_ALLOW_COMMANDS: '1',
    BATON_ALLOW_PRIVATE_NETWORK: '1',
    BATON_MODEL: 'scripted/demo',
    BATON_SCRIPT: places.script,
    BATON_WORKSPACE_SOURCES: places.sources,
  },
});

/** A worker of one capability: its own queue is that, so it serves no other. */
export const capabilityWorker = (site: Site, places: Places, name: string): MemberSpec => {
  const { settings, ...spec } = worker(site, places, name);
  const home = join(places.homes, `${site.namespace}-${CAPABILITY}`);
  return { ...spec, settings: { ...settings, BATON_TASK_QUEUE: CAPABILITY, BATON_HOME: home } };
};
