/**
 * The Helm chart and what is rendered from it, as far as it takes neither Helm nor Go: against the code, docker-compose.yml
 * and package.json. What Helm and Kubernetes say of them: `npm run test:deployment:charts`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { chartDigest } from '../../tools/chart-digest.ts';
import { ENVIRONMENT, readConfig } from '../config.ts';
import { doorPolicy, openToOthers } from '../listeners/door-policy.ts';
import { batonVersion, ROOT } from '../places.ts';
import { START_MS } from './programs/await-ready.ts';

interface Probe {
  readonly initialDelaySeconds?: number;
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
  readonly securityContext?: object;
  readonly resources?: { readonly requests?: object; readonly limits?: { readonly memory?: string } };
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly startupProbe?: Probe;
  readonly volumeMounts: readonly { readonly mountPath: string; readonly readOnly?: boolean }[];
}

interface PodSpec {
  readonly automountServiceAccountToken?: boolean;
  readonly securityContext?: object;
  readonly terminationGracePeriodSeconds?: number;
  readonly containers: readonly Container[];
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: { readonly replicas?: number; readonly template: { readonly spec: PodSpec } };
}

const read = (...path: readonly string[]) => readFileSync(join(ROOT, 'deploy', ...path), 'utf8');
const rendered = read('kubernetes', 'baton.yaml');
const manifests = parseAllDocuments(rendered).map((document) => document.toJS() as Manifest);
const podsOf = (kind: string) =>
  manifests
    .filter((manifest) => manifest.kind === kind)
    .map(({ metadata: { name }, spec }) => ({ name, pod: spec.template.spec, replicas: spec.replicas }));
const programs = podsOf('Deployment');
const pods = [...programs, ...podsOf('Job')];
const containers = pods.flatMap(({ pod }) => pod.containers);
const compose = parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
  readonly services: Readonly<Record<string, { readonly command?: readonly string[] }>>;
};

describe('the chart', () => {
  it('has the version of the product', () => {
    const chart = parse(read('helm', 'baton', 'Chart.yaml')) as { version: string; appVersion: string };
    expect([chart.version, chart.appVersion]).toEqual([batonVersion(), batonVersion()]);
  });

  it('has values of their form, and refuses what has none', () => {
    const schema = JSON.parse(read('helm', 'baton', 'values.schema.json')) as object;
    const check = new Ajv({ strict: false, allErrors: true }).compile(schema);
    const values = parse(read('helm', 'baton', 'values.yaml')) as object;
    expect([check(values), check.errors]).toEqual([true, null]);
    for (const wrong of [
      { replicas: 3 },
      { image: { repository: 'baton', digest: 'latest' } },
      { config: { DATABASE_URL: 'postgres://u:p@h/d' } },
      { workers: [{ name: 'Not a name', replicas: 1, resources: {} }] },
      { temporal: { address: 'temporal', namespace: 'default' } },
    ])
      expect(check({ ...values, ...wrong }), JSON.stringify(wrong)).toBe(false);
  });

  it('is that from which deploy/kubernetes/baton.yaml was rendered', () => {
    expect(rendered.split('\n')[0], 'run npm run manifests').toContain(`Chart: ${chartDigest(ROOT)}`);
  });
});

describe('deploy/kubernetes/baton.yaml', () => {
  it('runs the programs that docker-compose.yml runs, by the same commands', () => {
    const wanted = ['api', 'projector', 'worker-workflows', 'worker'].map(
      (name) => compose.services[name]?.command,
    );
    const commands = programs.map(({ pod }) => pod.containers[0]?.command);
    // Of workers one for each capability.
    expect(new Set(commands.map((command) => command?.join(' ')))).toEqual(
      new Set(wanted.map((command) => command?.join(' '))),
    );
    expect(programs.map(({ name }) => name)).toEqual([
      ...['baton-api', 'baton-projector', 'baton-worker-default', 'baton-worker-gpu', 'baton-workflows'],
    ]);
    const [migrate] = podsOf('Job');
    expect(migrate?.pod.containers[0]?.command).toEqual([
      ...['node', '--enable-source-maps', 'dist/cli/main.js', 'migrate'],
    ]);
  });

  it('gives every program an environment that it reads, in its form, and no secret in it', () => {
    for (const { name, env = [] } of containers) {
      const unknown = env.filter((variable) => !(variable.name in ENVIRONMENT.entries));
      expect(unknown, name).toEqual([]);
      for (const secret of [
        'DATABASE_URL',
        'REDIS_URL',
        'BATON_SIGNING_KEY',
        'BATON_SEALING_KEY',
        'BATON_SMTP_URL',
      ])
        for (const variable of env.filter((one) => one.name === secret))
          expect(variable, name).toMatchObject({ valueFrom: { secretKeyRef: { key: secret } } });
      const plain = env.flatMap(({ name: variable, value }) =>
        value === undefined ? [] : [[variable, value]],
      );
      const config = readConfig(Object.fromEntries(plain) as NodeJS.ProcessEnv);
      expect(() => [doorPolicy(config), openToOthers(config)], name).not.toThrow();
    }
  });

  it('has workers of a capability serve nothing else', () => {
    const queue = (name: string) =>
      programs
        .find((program) => program.name === name)
        ?.pod.containers[0]?.env?.find((variable) => variable.name === 'BATON_TASK_QUEUE')?.value;
    expect([queue('baton-worker-default'), queue('baton-worker-gpu')]).toEqual(['baton', 'gpu']);
  });

  it('gives no pod more than it needs', () => {
    for (const { name, pod } of pods) {
      expect(pod, name).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 1000,
          seccompProfile: { type: 'RuntimeDefault' },
        },
      });
      for (const container of pod.containers) {
        expect(container.securityContext, name).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect(container.resources?.limits?.memory, name).toMatch(/^\d+[MG]i$/);
        const written = container.volumeMounts.filter(({ readOnly }) => readOnly !== true);
        expect(
          written.every(({ mountPath }) => /^\/(tmp|var\/lib\/baton)/.test(mountPath)),
          name,
        ).toBe(true);
      }
    }
  });

  it('watches the health of every program, and lets workers end what they do', () => {
    for (const { name, pod } of programs) {
      expect(pod.containers[0]?.readinessProbe, name).toBeDefined();
      expect(pod.containers[0]?.livenessProbe, name).toBeDefined();
      expect(pod.terminationGracePeriodSeconds, name).toBeGreaterThan(20);
    }
  });

  it('ends no program that is slow to start', () => {
    for (const { name, pod } of programs) {
      const { startupProbe: start, livenessProbe: alive } = pod.containers[0] ?? {};
      expect((start?.periodSeconds ?? 0) * (start?.failureThreshold ?? 0), name).toBe(START_MS / 1_000);
      // Begins when the other has passed.
      expect(alive?.initialDelaySeconds, name).toBeUndefined();
    }
  });

  it('names one image, which the kustomization pins', () => {
    const [image, ...others] = new Set(containers.map((container) => container.image));
    const { images } = parse(read('kubernetes', 'kustomization.yaml')) as {
      images: { name: string; newTag: string }[];
    };
    expect([image, others]).toEqual([`${images[0]?.name}:${images[0]?.newTag}`, []]);
    expect(images[0]?.newTag).toBe(batonVersion());
  });
});
