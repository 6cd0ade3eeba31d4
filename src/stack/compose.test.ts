/** docker-compose.yml against what the code reads: services, ports, health checks and environment names. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ENVIRONMENT, readConfig } from '../config.ts';
import { PROGRAMS } from './programs.ts';

interface Service {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly profiles?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = readFileSync(`${root}docker-compose.yml`, 'utf8');
const compose = parse(text, { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const services = Object.entries(compose.services);
const own = services.filter(([, service]) => service.image?.startsWith('baton:'));
const serviceOf = (name: string): Service => compose.services[name] ?? {};

/** Vendors' own names: their SDKs read them. */
const VENDORS = ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY'];

describe('docker-compose.yml', () => {
  it('runs each program of the embedded stack, as replicas of one image', () => {
    const modules = own.map(([, service]) => service.command?.slice(2).join(' '));
    const wanted = PROGRAMS.map((program) => [`dist/${program.module}.js`, ...program.args].join(' '));
    expect(modules.toSorted()).toEqual(wanted.toSorted());
    expect(new Set(own.map(([, service]) => service.image)).size).toBe(1);
  });

  it('names modules that exist', () => {
    for (const [, service] of own) {
      const module = service.command?.[2]?.replace(/^dist\//, 'src/').replace(/\.js$/, '.ts') ?? '';
      expect(existsSync(`${root}${module}`), module).toBe(true);
    }
  });

  it('uses only environment names that src/config.ts reads', () => {
    const known = new Set([...Object.keys(ENVIRONMENT.shape), ...VENDORS]);
    for (const [name, service] of own) {
      const unknown = Object.keys(service.environment ?? {}).filter((variable) => !known.has(variable));
      expect(unknown, name).toEqual([]);
    }
  });

  it('gives every program an environment in the right form', () => {
    for (const [name, service] of own) {
      const environment = Object.fromEntries(
        Object.entries(service.environment ?? {}).map(([key, value]) => [key, withDefaults(value)]),
      );
      expect(() => readConfig(environment), name).not.toThrow();
      expect(readConfig(environment)).toMatchObject({
        DATABASE_URL: 'postgres://baton:baton@postgres:5432/baton',
        TEMPORAL_ADDRESS: 'temporal:7233',
        TEMPORAL_NAMESPACE: 'default',
        BATON_TASK_QUEUE: 'baton',
      });
    }
  });

  it('lets nobody but this machine in, on the usual ports', () => {
    const published = services.flatMap(([, service]) => (service.ports ?? []).map(withDefaults));
    expect(published.toSorted()).toEqual([
      '127.0.0.1:4700:4700',
      '127.0.0.1:7233:7233',
      '127.0.0.1:8233:8080',
    ]);
    expect(serviceOf('api').environment).toMatchObject({ BATON_HOST: '0.0.0.0', BATON_PORT: '4700' });
    expect(readConfig({}).BATON_PORT).toBe(4700);
  });

  it('checks the health of everything that stays up', () => {
    const passing = services.filter(([, service]) => service.healthcheck === undefined).map(([name]) => name);
    expect(passing.toSorted()).toEqual(['temporal-namespace', 'temporal-schema']);
    for (const [name, service] of own) expect(service.healthcheck?.test[2], name).toBe('dist/stack/probe.js');
  });

  it('starts things after what they need', () => {
    for (const [name, service] of services) {
      for (const [needed, { condition }] of Object.entries(service.depends_on ?? {})) {
        expect(Object.keys(compose.services), name).toContain(needed);
        const ends = compose.services[needed]?.healthcheck === undefined;
        expect(condition, `${name} → ${needed}`).toBe(
          ends ? 'service_completed_successfully' : 'service_healthy',
        );
      }
    }
  });

  it('streams through Redis when asked to', () => {
    expect(serviceOf('redis')).toMatchObject({ profiles: ['redis'] });
    for (const [name, service] of own)
      expect(service.environment?.['REDIS_URL'], name).toBe('${REDIS_URL:-}');
    const [address] = /redis:\/\/\S+/.exec(text) ?? [];
    expect(readConfig({ REDIS_URL: address }).REDIS_URL).toBe('redis://redis:6379');
  });

  it('pins every image, and runs Temporal on Postgres', () => {
    for (const [name, service] of services)
      expect(withDefaults(service.image ?? ''), name).toMatch(/:\d+\.\d+/);
    expect(serviceOf('temporal').image).toMatch(/^temporalio\/server:/);
    expect(serviceOf('temporal').environment).toMatchObject({ DB: 'postgres12', POSTGRES_SEEDS: 'postgres' });
  });

  it('mounts files that exist, and volumes that are declared', () => {
    expect(Object.keys(compose.volumes)).toEqual(['postgres-data', 'worker-home']);
    const mounted = services
      .flatMap(([, service]) => service.volumes ?? [])
      .map((volume) => volume.split(':')[0]);
    expect(mounted.toSorted()).toEqual([
      './deploy/agents',
      './deploy/temporal-dynamic-config.yaml',
      'postgres-data',
      'worker-home',
    ]);
    for (const file of mounted.filter((name) => name?.startsWith('./')))
      expect(existsSync(`${root}${file}`), file).toBe(true);
  });

  it('is accepted by docker compose', (context) => {
    const version = spawnSync('docker', ['compose', 'version'], { stdio: 'ignore' });
    if (version.status !== 0) context.skip('there is no `docker compose` on this machine');
    expect(() =>
      execFileSync('docker', ['compose', 'config', '--quiet'], { cwd: root, stdio: 'pipe' }),
    ).not.toThrow();
  });
});

/** `${NAME:-default}` as it is without that name in the environment. */
function withDefaults(value: string): string {
  return value.replace(/\$\{\w+(?::-([^}]*))?\}/g, (_, fallback: string | undefined) => fallback ?? '');
}
