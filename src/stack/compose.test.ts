/** docker-compose.yml against what the code reads: services, ports, health checks and environment names. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ENVIRONMENT, readConfig } from '../config.ts';
import { doorPolicy, openToOthers } from '../listeners/door-policy.ts';
import { START_MS } from './programs/await-ready.ts';
import { PROGRAMS } from './programs/programs.ts';

interface Service {
  readonly image?: string;
  readonly build?: { readonly args: Readonly<Record<string, string>> };
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly pids_limit?: number;
  readonly mem_limit?: string;
  readonly cpus?: number;
  readonly user?: string;
  readonly networks?: readonly string[];
  readonly network_mode?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly profiles?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[]; readonly start_period?: string };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = readFileSync(`${root}docker-compose.yml`, 'utf8');
const compose = parse(text, { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const services = Object.entries(compose.services);
const own = services.filter(([, service]) => service.image?.startsWith('baton:'));
/** Beside them stands only the door to the Temporal UI. */
const programs = own.filter(([name]) => name !== 'temporal-ui');
const serviceOf = (name: string): Service => compose.services[name] ?? {};

/** Vendors' own names: their SDKs read them. */
const VENDORS = ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY'];

describe('docker-compose.yml', () => {
  it('runs each program of the embedded stack, as replicas of one image', () => {
    const modules = programs.map(([, service]) => service.command?.slice(2).join(' '));
    // On one machine the roles share a process, so that Temporal hands activities out at once; here each scales alone.
    const wanted = PROGRAMS.map(({ module, args }) =>
      [`dist/${module}.js`, ...args.filter((arg) => arg !== '--eager')].join(' '),
    );
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
    const known = new Set([...Object.keys(ENVIRONMENT.entries), ...VENDORS]);
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
      const config = readConfig(environment);
      expect(() => [doorPolicy(config), openToOthers(config)], name).not.toThrow();
      if (name === 'temporal-ui') continue;
      expect(config, name).toMatchObject({
        DATABASE_URL: 'postgres://baton:BATON_POSTGRES_PASSWORD@postgres:5432/baton',
        TEMPORAL_ADDRESS: 'temporal:7233',
        TEMPORAL_NAMESPACE: 'default',
        BATON_TASK_QUEUE: 'baton',
      });
    }
  });

  it('lets nobody but this machine in, on the usual ports, and nobody at all to Temporal and Postgres', () => {
    const published = services.flatMap(([, service]) => (service.ports ?? []).map(withDefaults));
    expect(published.toSorted()).toEqual([
      '127.0.0.1:3000:3000',
      '127.0.0.1:4700:4700',
      '127.0.0.1:4701:4701',
      '127.0.0.1:8233:8233',
    ]);
    expect(compose.networks).toMatchObject({ trusted: { internal: true } });
    for (const name of ['postgres', 'temporal', 'redis'])
      expect(serviceOf(name).networks, name).toEqual(['trusted']);
    // Goes out to webhooks; nothing of it is published.
    expect(serviceOf('projector')).toMatchObject({ networks: ['trusted', 'outside'] });
    expect(serviceOf('projector').ports).toBeUndefined();
    expect(serviceOf('api').environment).toMatchObject({
      BATON_HOST: '0.0.0.0',
      BATON_PORT: '4700',
      BATON_GRPC_PORT: '4701',
    });
    expect(readConfig({})).toMatchObject({ BATON_PORT: 4700, BATON_GRPC_PORT: 4701 });
  });

  it('gives the key that seals secrets to those that keep or send them, and to nobody else', () => {
    const having = own.filter(([, { environment = {} }]) => 'BATON_SEALING_KEY' in environment);
    expect(having.map(([name]) => name).toSorted()).toEqual(['api', 'projector']);
  });

  it('checks the health of everything that stays up', () => {
    const passing = services.filter(([, service]) => service.healthcheck === undefined).map(([name]) => name);
    expect(passing.toSorted()).toEqual([
      'collector',
      'postgres-roles',
      'temporal-namespace',
      'temporal-schema',
    ]);
    for (const [name, service] of own) expect(service.healthcheck?.test[2], name).toBe('dist/stack/probe.js');
  });

  it('gives whatever starts the time that a slow machine takes', () => {
    const checked = services.filter(([, { healthcheck }]) => healthcheck !== undefined);
    const periods = checked.map(([name, { healthcheck }]) => [name, healthcheck?.start_period]);
    expect(Object.fromEntries(periods)).toEqual(
      Object.fromEntries(checked.map(([name]) => [name, `${START_MS / 60_000}m`])),
    );
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
    for (const [name, service] of programs)
      expect(service.environment?.['REDIS_URL'], name).toBe('${REDIS_URL:-}');
    const [address] = /redis:\/\/\S+/.exec(text) ?? [];
    expect(readConfig({ REDIS_URL: address }).REDIS_URL).toBe('redis://redis:6379');
  });

  it('looks at itself when asked to: traces, figures and the dashboard, of which only the page is published', () => {
    const asked = ['collector', 'jaeger', 'prometheus', 'grafana'];
    for (const name of asked) expect(serviceOf(name), name).toMatchObject({ profiles: ['observability'] });
    for (const name of asked.slice(0, -1)) expect(serviceOf(name).networks, name).toEqual(['trusted']);
    const at = (file: string) => parse(readFileSync(`${root}deploy/${file}`, 'utf8')) as unknown;
    // Each asks the others where they are.
    expect(at('observability/collector.yaml')).toMatchObject({
      receivers: { otlp: { protocols: { http: { endpoint: '0.0.0.0:4318' } } } },
      exporters: { 'otlp/jaeger': { endpoint: 'jaeger:4317' } },
    });
    expect(text).toContain('OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318');
    const { scrape_configs: scraped } = at('prometheus/prometheus.yaml') as {
      scrape_configs: readonly { dns_sd_configs: readonly { names: readonly string[]; port: number }[] }[];
    };
    const places = scraped.flatMap(({ dns_sd_configs: of }) =>
      of.flatMap(({ names, port }) => names.map((name) => [name, String(port)])),
    );
    expect(Object.fromEntries(places)).toEqual(
      Object.fromEntries(
        programs.map(([name, { environment }]) => [
          name,
          environment?.['BATON_METRICS_PORT'] ?? environment?.['BATON_PORT'],
        ]),
      ),
    );
    expect(at('observability/grafana/datasources/baton.yaml')).toMatchObject({
      datasources: [{ url: 'http://prometheus:9090' }, { url: 'http://jaeger:16686' }],
    });
  });

  it('pins every image by its digest, and runs Temporal on Postgres', () => {
    for (const [name, service] of services) {
      const image = service.build?.args['NODE_IMAGE'] ?? service.image ?? '';
      expect(image, name).toMatch(
        /:v?\d+\.\d+[\w.-]*@\$\{[A-Z_]+_DIGEST:\?run deploy\/make-env\.sh first\}$/,
      );
    }
    expect(serviceOf('temporal').image).toMatch(/^temporalio\/server:/);
    expect(serviceOf('temporal').environment).toMatchObject({ DB: 'postgres12', POSTGRES_SEEDS: 'postgres' });
  });

  it('mounts files that exist, and volumes that are declared', () => {
    expect(Object.keys(compose.volumes)).toEqual(['postgres-data', 'worker-home', 'prometheus-data']);
    const mounted = services
      .flatMap(([, service]) => service.volumes ?? [])
      .map((volume) => volume.split(':')[0]);
    expect(mounted.toSorted()).toEqual([
      './deploy/agents',
      './deploy/agents',
      './deploy/grafana',
      './deploy/observability/collector.yaml',
      './deploy/observability/grafana',
      './deploy/postgres-roles.sql',
      './deploy/prometheus',
      './deploy/temporal-dynamic-config.yaml',
      './deploy/temporal-ui.yaml',
      'postgres-data',
      'prometheus-data',
      'worker-home',
    ]);
    for (const file of mounted.filter((name) => name?.startsWith('./')))
      expect(existsSync(`${root}${file}`), file).toBe(true);
  });

  it('gives no container more than it needs', () => {
    for (const [name, service] of services) {
      expect(service, name).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        pids_limit: expect.any(Number),
        mem_limit: expect.stringMatching(/^\d+[mg]$/),
        cpus: expect.any(Number),
      });
    }
    // Those whose images would begin as root.
    expect([serviceOf('postgres').user, serviceOf('redis').user]).toEqual(['postgres', 'redis']);
    const image = readFileSync(`${root}Dockerfile`, 'utf8');
    expect(image).toMatch(/\nUSER node\n/);
    expect(image).toMatch(/\nHEALTHCHECK .*"dist\/stack\/probe.js", "api"/);
  });

  it('knows no password by itself, and gives Baton and Temporal a role each', () => {
    const secrets = text.match(/\$\{\w*(PASSWORD|_KEY)\w*[^}]*\}/g) ?? [];
    expect(new Set(secrets.filter((one) => one.includes('PASSWORD')))).toEqual(
      new Set(
        ['POSTGRES_ADMIN', 'BATON_POSTGRES', 'TEMPORAL_POSTGRES'].map(
          (whose) => `\${${whose}_PASSWORD:?run deploy/make-env.sh first}`,
        ),
      ),
    );
    expect(serviceOf('temporal').environment).toMatchObject({ POSTGRES_USER: 'temporal' });
    expect(serviceOf('temporal-schema').environment).toMatchObject({ SQL_USER: 'temporal' });
    for (const [name, service] of own)
      expect(JSON.stringify(service.environment), name).not.toMatch(/POSTGRES_ADMIN|TEMPORAL_POSTGRES/);
  });

  it('shows the Temporal UI through its door only', () => {
    expect(serviceOf('temporal-ui-server').network_mode).toBe('service:temporal-ui');
    expect(parse(readFileSync(`${root}deploy/temporal-ui.yaml`, 'utf8'))).toMatchObject({
      host: '127.0.0.1',
    });
    expect(serviceOf('temporal').environment).toMatchObject({ FRONTEND_HTTP_PORT: '0' });
  });

  it('gets its variables from deploy/make-env.sh', () => {
    const wanted = new Set(Array.from(text.matchAll(/\$\{(\w+):\?/g), ([, name]) => name));
    const folder = mkdtempSync(join(tmpdir(), 'baton-env-'));
    try {
      for (const file of ['docker-compose.yml', 'deploy/make-env.sh'])
        cpSync(`${root}${file}`, join(folder, file));
      // The registry is not asked.
      writeFileSync(join(folder, 'docker'), '#!/bin/sh\necho "sha256:$4" | tr -c "[:alnum:]:.\\n" _\n', {
        mode: 0o755,
      });
      const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}` };
      execFileSync('sh', [join(folder, 'deploy/make-env.sh')], { env, stdio: 'pipe' });
      const lines = readFileSync(join(folder, '.env'), 'utf8').trim().split('\n');
      // An .env of before has none, and works.
      for (const key of ['BATON_SIGNING_KEY', 'BATON_SEALING_KEY']) wanted.add(key);
      expect(new Set(lines.map((line) => line.split('=')[0]))).toEqual(wanted);
      expect(lines.filter((line) => /^BATON_(SIGNING|SEALING)_KEY=[0-9a-f]{64}$/.test(line))).toHaveLength(2);
      expect(lines.filter((line) => /_PASSWORD=[0-9a-f]{48}$/.test(line))).toHaveLength(3);
      expect(lines).toContain('POSTGRES_DIGEST=sha256:postgres:17.6');
      expect(statSync(join(folder, '.env')).mode & 0o777).toBe(0o600);
      expect(() => execFileSync('sh', [join(folder, 'deploy/make-env.sh')], { env, stdio: 'pipe' })).toThrow(
        /exists already/,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is accepted by docker compose', (context) => {
    const version = spawnSync('docker', ['compose', 'version'], { stdio: 'ignore' });
    const made = Object.fromEntries(
      Array.from(text.matchAll(/\$\{(\w+):\?/g), ([, name]) => [String(name), 'x']),
    );
    if (version.status !== 0) context.skip('there is no `docker compose` on this machine');
    expect(() =>
      execFileSync('docker', ['compose', 'config', '--quiet'], {
        cwd: root,
        stdio: 'pipe',
        env: { ...process.env, ...made },
      }),
    ).not.toThrow();
  });
});

/** `${NAME:-default}` as it is without that name in the environment; of `${NAME:?…}` the name itself. */
function withDefaults(value: string): string {
  const variable = /\$\{(\w+):(?:-([^}]*)|\?[^}]*)\}/g;
  return value.replace(variable, (_, name: string, fallback: string | undefined) => fallback ?? name);
}
