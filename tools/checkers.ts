/**
 * The programs that deployment files are held to: what reads them, or the library of it. `npm run tools` builds those that are
 * missing, into the cache of this user, with the Go on PATH; that takes minutes, once. Tests use those that are there.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import which from 'which';
import { readConfig } from '../src/config.ts';
import { ROOT } from '../src/places.ts';
import { buildGoProgram } from '../src/stack/servers/go-build.ts';

interface Checker {
  /** Folder below `tools` of the `go.mod` that pins it. */
  readonly module: string;
  /** Import path of its `main`. */
  readonly package: string;
}

const CHECKERS = {
  helm: { module: 'deployment', package: 'helm.sh/helm/v3/cmd/helm' },
  /** Kubernetes' own types of manifests, and kustomize. */
  manifests: { module: 'deployment', package: './manifests' },
  /** What `docker compose` loads files with. */
  compose: { module: 'deployment', package: './compose' },
  promtool: { module: 'promtool', package: 'github.com/prometheus/prometheus/cmd/promtool' },
  /** `otelcol validate`, with the parts that we use. */
  collector: { module: 'collector', package: '.' },
} as const satisfies Record<string, Checker>;

export type CheckerName = keyof typeof CHECKERS;

export const CHECKER_NAMES = Object.keys(CHECKERS) as readonly CheckerName[];

/** Whoever has these has them from their makers. */
const ON_PATH: readonly CheckerName[] = ['helm', 'promtool'];

/** The program's file, as `npm run tools` has built it, else one on PATH; null where there is none. */
export function findChecker(name: CheckerName): string | null {
  const built = builtFile(name);
  if (existsSync(built)) return built;
  return ON_PATH.includes(name) ? which.sync(name, { nothrow: true }) : null;
}

/** Builds those that are not there yet. @throws Error naming what could not be built */
export async function buildCheckers(report: (line: string) => void): Promise<void> {
  for (const name of CHECKER_NAMES) {
    const file = builtFile(name);
    if (existsSync(file)) continue;
    mkdirSync(join(file, '..'), { recursive: true });
    const { module, package: path } = CHECKERS[name];
    const program = { title: name, module: join(ROOT, 'tools', module), package: path };
    const draft = `${file}.${process.pid}`;
    await buildGoProgram(program, draft, report);
    renameSync(draft, file);
  }
}

/** Another one for other sources. */
function builtFile(name: CheckerName): string {
  const folder = join(ROOT, 'tools', CHECKERS[name].module);
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.(go|mod|sum)$/.test(file),
  );
  const digest = createHash('sha256');
  for (const file of sources.toSorted()) digest.update(file).update(readFileSync(join(folder, file)));
  return join(readConfig().BATON_CACHE, `checkers-${digest.digest('hex').slice(0, 12)}`, name);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildCheckers((line) => process.stdout.write(`${line}\n`));
  for (const name of CHECKER_NAMES) process.stdout.write(`${name}: ${findChecker(name)}\n`);
}
