/**
 * `npm run test:deployment:charts`: the Helm chart, the manifests rendered from it, and docker-compose.yml, each held to
 * what will read it: Helm itself, the Go types of Kubernetes' API, the library of `docker compose`. Needs Go, which
 * builds these once (tools/deployment); no cluster and no docker.
 *
 *     npm run manifests     # the same, after deploy/kubernetes/baton.yaml was rendered anew
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../src/errors/errors.ts';
import { ROOT } from '../../src/places.ts';
import { chartDigest } from '../../tools/chart-digest.ts';
import { demand, say } from './say.ts';

const TOOLS = join(ROOT, 'tools', 'deployment');
const CHART = join(ROOT, 'deploy', 'helm', 'baton');
const MANIFESTS = join(ROOT, 'deploy', 'kubernetes');
const VALUES = join(import.meta.dirname, 'values');
const DIGEST = `image.digest=sha256:${'a'.repeat(64)}`;
/** Of Kubernetes: the oldest that the chart takes, and a newer one. */
const VERSIONS = ['1.29.0', '1.35.0'];

interface Outcome {
  readonly ok: boolean;
  readonly out: string;
  readonly err: string;
}

function go(args: readonly string[], input = '', env: NodeJS.ProcessEnv = {}): Outcome {
  const { status, stdout, stderr, error } = spawnSync('go', args, {
    cwd: TOOLS,
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    env: { ...process.env, ...env },
  });
  if (error !== undefined) throw error;
  return { ok: status === 0, out: stdout, err: stderr };
}

const helm = (...args: readonly string[]): Outcome => go(['tool', 'helm', ...args]);
const template = (...args: readonly string[]): Outcome =>
  helm('template', 'baton', CHART, '--namespace', 'baton', ...args);

function must(what: string, outcome: Outcome): string {
  demand(outcome.ok, `${what}:\n${outcome.err}\n${outcome.out}`);
  return outcome.out;
}

function lint(): void {
  for (const values of [['--set', DIGEST], ...['everything', 'bundled'].map(file)])
    must('helm lint', helm('lint', '--strict', CHART, '--kube-version', VERSIONS[0] ?? '', ...values));
  say('helm lint --strict: the chart is in order, alone, with everything and with bundled servers');
}

const file = (name: string): readonly string[] => ['--values', join(VALUES, `${name}.yaml`)];

function renderAll(): void {
  for (const version of VERSIONS)
    for (const values of [['--set', DIGEST], file('everything'), file('bundled')]) {
      const text = must('helm template', template('--kube-version', version, ...values));
      const checked = go(['run', './manifests'], text);
      demand(checked.ok, `rendered with ${values.join(' ')}:\n${checked.err}`);
    }
  say('helm template: every manifest fits the types of its API, for Kubernetes ' + VERSIONS.join(' and '));
}

/** What must not be rendered, and why. */
const REFUSED: readonly (readonly [readonly string[], RegExp])[] = [
  [[], /has no digest/],
  [['--set', 'image.digest=sha256:short'], /digest/],
  [['--set', DIGEST, '--set', 'api.replica=3'], /replica/],
  [['--set', DIGEST, '--set', 'config.DATABASE_URL=postgres://x'], /DATABASE_URL/],
  [['--set', DIGEST, '--set', 'projector.config.BATON_SMTP_URL=smtp://u:p@h'], /BATON_SMTP_URL/],
  [['--set', DIGEST, '--set', 'temporal.address=http://temporal'], /address/],
  [['--set', 'image.allowTag=true', '--set', 'bundled.enabled=true'], /bundled.password/],
  [['--set', DIGEST, '--kube-version', '1.24.0'], /kubeVersion|incompatible/],
];

function refuse(): void {
  for (const [values, reason] of REFUSED) {
    const { ok, err } = template('--kube-version', VERSIONS[1] ?? '', ...values);
    demand(!ok, `rendered with ${values.join(' ')}`);
    demand(reason.test(err), `refused with ${values.join(' ')}, but for: ${err}`);
  }
  say(`helm template: ${REFUSED.length} wrong values are refused, each by its name`);
}

function rendered(): string {
  const text = must(
    'helm template',
    template('--kube-version', VERSIONS[1] ?? '', '--values', join(MANIFESTS, 'values.yaml')),
  );
  return `# Rendered from the chart by \`npm run manifests\`; change it there. Chart: ${chartDigest(ROOT)}\n${text}`;
}

function plainManifests(write: boolean): void {
  const path = join(MANIFESTS, 'baton.yaml');
  if (write) writeFileSync(path, rendered());
  demand(readFileSync(path, 'utf8') === rendered(), `${path} is not what the chart gives: npm run manifests`);
  const built = go(['run', './manifests', '-kustomize', MANIFESTS]);
  must('kustomize build', built);
  say(`deploy/kubernetes: rendered from the chart, and kustomize takes it (${built.err.trim()})`);
}

function compose(): void {
  const path = join(ROOT, 'docker-compose.yml');
  const text = readFileSync(path, 'utf8');
  const names = Array.from(text.matchAll(/\$\{(\w+):\?/g), ([, name]) => String(name));
  const made = Object.fromEntries(names.map((name) => [name, `sha256:${'b'.repeat(64)}`]));
  const services = must('docker-compose.yml', go(['run', './compose', path], '', made));
  say(`docker-compose.yml: loaded as docker compose does, ${services.trim().split('\n').length} services`);
  const { ok } = go(['run', './compose', path], '', Object.fromEntries(names.map((name) => [name, ''])));
  demand(!ok, 'docker-compose.yml is taken without passwords and digests');
}

try {
  execFileSync('go', ['version'], { stdio: 'ignore' });
  lint();
  renderAll();
  refuse();
  plainManifests(process.argv.includes('--write'));
  compose();
  process.exit(0);
} catch (error) {
  say(`FAILED: ${messageOf(error)}`);
  process.exit(1);
}
