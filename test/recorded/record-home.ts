/**
 * Makes a recorded home anew: `v1-home/README.md` says how it is started and what it needs. It brings a durable stack up
 * from a built checkout, makes runs in every state there is, kills everything at once, and packs what is left.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { until } from '../support/until.ts';
import { describeRuns, makeRuns, type Api } from './make-runs.ts';

/** As long as the home of a test's own stack: the runs remember it, and it is replaced byte by byte. */
const HOME = '/tmp/baton-up-000000/.baton';
const FOLDER = dirname(HOME);
/** Histories of some hundred events continue as new; what has ended is not forgotten by Temporal for ten years. */
const SUGGEST = 'limit.historyCount.suggestContinueAsNew=100';
const RETENTION = '87600h';

interface Info {
  readonly api: string;
  readonly temporal_address: string;
  readonly database_url: string;
}

const [checkout, temporal, target] = process.argv.slice(2);
if (checkout === undefined || temporal === undefined || target === undefined)
  throw new Error('usage: record-home.ts CHECKOUT TEMPORAL FOLDER');

const env: NodeJS.ProcessEnv = {
  PATH: `${FOLDER}/bin:${process.env['PATH']}`,
  HOME: FOLDER,
  BATON_HOME: HOME,
  BATON_PORT: '0',
  BATON_SCRIPT: resolve(target, 'script.yaml'),
  BATON_ALLOW_COMMANDS: '1',
};

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(`${FOLDER}/bin`, { recursive: true });
chmodSync(FOLDER, 0o755);
writeFileSync(`${FOLDER}/bin/temporal`, temporalWithShortHistories(temporal), { mode: 0o755 });

execFileSync(process.execPath, [join(checkout, 'bin/baton.js'), 'up', '-d'], {
  env,
  cwd: FOLDER,
  stdio: ['ignore', 'inherit', 'inherit'],
});
// Also when something fails: nothing is left running.
process.once('exit', () => kill(() => true));
const info = JSON.parse(readFileSync(join(HOME, 'stack.json'), 'utf8')) as Info;
const operator = (...args: string[]) =>
  execFileSync(temporal, [...args, '--address', info.temporal_address], { encoding: 'utf8', env });
operator('operator', 'namespace', 'update', '-n', 'default', '--retention', RETENTION);

const api = apiAt(info.api);
await makeRuns(api, readFileSync(join(target, 'definitions.yaml'), 'utf8'), operator);
writeFileSync(`${FOLDER}/runs.json`, JSON.stringify(await describeRuns(api)));
kill((line) => !line.includes('postgres'));
dumpDatabase(info.database_url);
kill(() => true);
await until(() => ours().length === 0);
packTemporal();
pack(join(target, 'home.tar.gz'));
rmSync(FOLDER, { recursive: true, force: true });

function temporalWithShortHistories(program: string): string {
  return `#!/bin/sh
case "$1 $2" in "server start-dev") exec '${program}' "$@" --dynamic-config-value=${SUGGEST};; esac
exec '${program}' "$@"
`;
}

function apiAt(base: string): Api {
  return async (method, path, body) => {
    const isText = typeof body === 'string';
    const response = await fetch(`${base}/api/v1${path}`, {
      method,
      headers: { 'content-type': isText ? 'application/yaml' : 'application/json' },
      ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
    });
    const answer = (await response.json()) as never;
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer;
  };
}

/** Processes of this home, by command line or environment. */
function ours(): { readonly pid: number; readonly line: string }[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid)
    .flatMap((pid) => {
      try {
        const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        const isOurs = variables.includes(`BATON_HOME=${HOME}`) || line.includes(`${HOME}/`);
        return isOurs && line !== '' ? [{ pid, line }] : [];
      } catch {
        return [];
      }
    });
}

function kill(which: (line: string) => boolean): void {
  for (const { pid, line } of ours()) if (which(line)) process.kill(pid, 'SIGKILL');
}

function dumpDatabase(url: string): void {
  const dump = execFileSync(
    'pg_dump',
    ['--no-owner', '--no-privileges', '--inserts', '--rows-per-insert=50', '--encoding=UTF8', url],
    { encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  // Commands of psql, which other clients do not know.
  writeFileSync(`${FOLDER}/database.sql`, dump.replace(/^\\.*\n/gm, ''));
}

function packTemporal(): void {
  const [name] = readdirSync(HOME).filter((file) => /^temporal-.*\.db$/.test(file));
  if (name === undefined) throw new Error('there is no database of Temporal');
  const statements = 'pragma wal_checkpoint(truncate); pragma journal_mode=delete; vacuum;';
  execFileSync('sqlite3', [join(HOME, name), statements], { stdio: ['ignore', 'ignore', 'inherit'] });
  execFileSync('mv', [join(HOME, name), FOLDER]);
}

function pack(file: string): void {
  const names = readdirSync(FOLDER).filter((name) => name.startsWith('temporal-'));
  const tar = [
    ...['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mtime=2026-01-01', '-c'],
    ...['-C', FOLDER, 'database.sql', 'runs.json', ...names, '-C', HOME, 'workspaces'],
  ];
  const packed = spawnSync('sh', ['-c', `tar "$@" | gzip -9n > '${file}'`, 'tar', ...tar], {
    stdio: 'inherit',
  });
  if (packed.status !== 0) throw new Error('the home could not be packed');
}
