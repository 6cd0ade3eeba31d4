/**
 * `npm run test:deployment:charts`: what is shipped for Helm, Kubernetes, docker compose, Prometheus and the OpenTelemetry
 * collector, each held to what will read it: Helm itself, the Go types of Kubernetes' API, the library of `docker compose`,
 * promtool, the collector. Needs Go, which builds these once (tools/checkers.ts); no cluster and no docker.
 *
 *     npm run manifests     # the same, after deploy/kubernetes/baton.yaml was rendered anew
 *     … --present           # as in `npm test`: builds nothing, and says what was left out for want of its program
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../src/errors/errors.ts';
import { ROOT } from '../../src/places.ts';
import { chartDigest } from '../../tools/chart-digest.ts';
import { buildCheckers, findChecker, type CheckerName } from '../../tools/checkers.ts';
import { demand, say } from './say.ts';

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

function run(name: CheckerName, args: readonly string[], input = '', env: NodeJS.ProcessEnv = {}): Outcome {
  const { status, stdout, stderr, error } = spawnSync(findChecker(name) ?? name, args, {
    cwd: ROOT,
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    env: { ...process.env, ...env },
  });
  if (error !== undefined) throw error;
  return { ok: status === 0, out: stdout, err: stderr };
}

const helm = (...args: readonly string[]): Outcome => run('helm', args);
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
      const checked = run('manifests', [], text);
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
  const built = run('manifests', ['-kustomize', MANIFESTS]);
  must('kustomize build', built);
  say(`deploy/kubernetes: rendered from the chart, and kustomize takes it (${built.err.trim()})`);
}

function compose(): void {
  const path = join(ROOT, 'docker-compose.yml');
  const text = readFileSync(path, 'utf8');
  const names = Array.from(text.matchAll(/\$\{(\w+):\?/g), ([, name]) => String(name));
  const made = Object.fromEntries(names.map((name) => [name, `sha256:${'b'.repeat(64)}`]));
  const services = must('docker-compose.yml', run('compose', [path], '', made));
  say(`docker-compose.yml: loaded as docker compose does, ${services.trim().split('\n').length} services`);
  const { ok } = run('compose', [path], '', Object.fromEntries(names.map((name) => [name, ''])));
  demand(!ok, 'docker-compose.yml is taken without passwords and digests');
}

function prometheus(): void {
  const folder = join(ROOT, 'deploy', 'prometheus');
  const rules = ['rules.yaml', 'alerts.yaml'].map((name) => join(folder, name));
  must('promtool check rules', run('promtool', ['check', 'rules', '--lint-fatal', ...rules]));
  must('promtool test rules', run('promtool', ['test', 'rules', join(folder, 'tests', 'alerts.yaml')]));
  must('promtool check config', run('promtool', ['check', 'config', join(folder, 'prometheus.yaml')]));
  say('deploy/prometheus: promtool takes rules, alerts and configuration, and the tests of the alerts pass');
}

function collector(): void {
  const config = join(ROOT, 'deploy', 'observability', 'collector.yaml');
  must('collector.yaml', run('collector', ['validate', '--config', config]));
  say('deploy/observability: the collector takes its configuration');
}

interface Check {
  readonly by: readonly CheckerName[];
  readonly what: string;
  readonly check: () => void;
}

const CHECKS: readonly Check[] = [
  { by: ['helm'], what: 'helm lint', check: lint },
  { by: ['helm', 'manifests'], what: 'helm template', check: renderAll },
  { by: ['helm'], what: 'wrong values', check: refuse },
  {
    by: ['helm', 'manifests'],
    what: 'deploy/kubernetes',
    check: () => plainManifests(process.argv.includes('--write')),
  },
  { by: ['compose'], what: 'docker-compose.yml', check: compose },
  { by: ['promtool'], what: 'deploy/prometheus', check: prometheus },
  { by: ['collector'], what: 'deploy/observability', check: collector },
];

try {
  if (!process.argv.includes('--present')) await buildCheckers(say);
  for (const { by, what, check } of CHECKS) {
    const missing = by.filter((name) => findChecker(name) === null);
    if (missing.length === 0) check();
    else say(`SKIPPED ${what}: there is no ${missing.join(', ')} (npm run tools)`);
  }
  process.exit(0);
} catch (error) {
  say(`FAILED: ${messageOf(error)}`);
  process.exit(1);
}
