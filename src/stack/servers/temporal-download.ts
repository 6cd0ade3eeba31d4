/** The official download of the Temporal CLI, checked against the checksums published with it. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { alarmAfter } from '../../alarm.ts';
import { messageOf } from '../../errors/errors.ts';
import type { Report } from '../report.ts';

const RELEASES = 'https://github.com/temporalio/cli/releases/download';
/** Until the server begins to answer. A machine without a way out should learn so soon. */
const CONNECT_MS = 6_000;
const TRANSFER_MS = 10 * 60_000;
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };
const PLATFORMS: Readonly<Record<string, string>> = { linux: 'linux', darwin: 'darwin', win32: 'windows' };

/** Downloads release `version` and unpacks its program to `target`. */
export async function downloadTemporalCli(version: string, target: string, report: Report): Promise<void> {
  const archive = archiveName(version);
  report(`downloading the Temporal CLI ${version} from ${new URL(RELEASES).host}`);
  const checksums = (await download(`${RELEASES}/v${version}/checksums.txt`)).toString('utf8');
  const content = await download(`${RELEASES}/v${version}/${archive}`);
  const wanted = checksums
    .split('\n')
    .find((line) => line.endsWith(archive))
    ?.split(/\s+/)[0];
  if (createHash('sha256').update(content).digest('hex') !== wanted) {
    throw new Error(`download of the Temporal CLI: ${archive} does not have its published checksum`);
  }
  const file = join(dirname(target), archive);
  await writeFile(file, content);
  // Windows' own tar unpacks zip files as well.
  await promisify(execFile)('tar', ['-xf', file, '-C', dirname(target), basename(target)]);
}

function archiveName(version: string): string {
  const platform = PLATFORMS[process.platform];
  const architecture = ARCHITECTURES[process.arch];
  if (platform === undefined || architecture === undefined) {
    throw new Error(`download of the Temporal CLI: there is none for ${process.platform} ${process.arch}`);
  }
  return `temporal_cli_${version}_${platform}_${architecture}.${platform === 'windows' ? 'zip' : 'tar.gz'}`;
}

async function download(url: string): Promise<Buffer> {
  const connecting = new AbortController();
  const timer = setTimeout(
    () => connecting.abort(new Error(`no answer within ${CONNECT_MS / 1000} s`)),
    CONNECT_MS,
  );
  try {
    const signal = AbortSignal.any([connecting.signal, alarmAfter(TRANSFER_MS)]);
    const response = await fetch(url, { signal });
    clearTimeout(timer);
    if (!response.ok) throw new Error(`status ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? `: ${messageOf(error.cause)}` : '';
    throw new Error(`download of the Temporal CLI from ${url}: ${messageOf(error)}${cause}`, {
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}
