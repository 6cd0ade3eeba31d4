/** Proof of a run that travels: writing its bundle, checking one, bringing its run here, and the key that signs. */
import { createWriteStream, existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import type { BundleReport, Pin } from '../../../bundles/index.ts';
import type { InstallationKey } from '../../../contract/shared/installation-key.ts';
import { audited } from '../../../database/audit.ts';
import { messageOf } from '../../../errors/errors.ts';
import { runIn } from '../../client/find-run.ts';
import { apiClient } from '../../client/target.ts';
import { who } from '../../client/who.ts';
import { CliError, EXIT } from '../../exit.ts';
import { onDatabase } from '../../local/on-database.ts';
import { importText } from '../../shown/bundle-text.ts';
import { print, withFormat, type FormatOption } from '../../terminal/output.ts';

/** Writes the bundle of a run into a file that is not there yet, whole or not at all. @throws CliError `export_failed` */
export async function exportRun(words: string, file: string): Promise<{ readonly run: string }> {
  const client = apiClient();
  const run = await runIn(client, words);
  if (existsSync(file)) throw new CliError(EXIT.usage, `${file} is there already; name another file`);
  const { body } = await client.raw(`/runs/${encodeURIComponent(run)}/bundle`);
  const draft = `${file}.part`;
  try {
    const bytes = Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]);
    await pipeline(bytes, createWriteStream(draft, { mode: 0o600, flags: 'w' }));
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    const message = `the bundle of ${run} did not come whole into ${file}: ${messageOf(error)}; nothing is left of it`;
    throw new CliError(EXIT.failed, message, { code: 'export_failed' });
  }
  return { run };
}

/** @throws CliError for a file that is not there */
export async function checkFile(file: string, key: string | undefined): Promise<BundleReport> {
  assertThere(file);
  const pin = await pinOf(key);
  const { checkBundle } = await bundles();
  return checkBundle(file, pin);
}

interface ImportOptions extends FormatOption {
  readonly key?: string;
  readonly dryRun?: boolean;
}

export function addImport(program: Command): void {
  withFormat(program.command('import'))
    .description('show the run of a bundle here, to be read; checked before anything is written')
    .argument('<bundle>', 'a file of baton export RUN --to')
    .option('--key <file-or-fingerprint>', 'only when this key has signed it')
    .option('--dry-run', 'only say what would be done')
    .action(async (file: string, options: ImportOptions) => {
      assertThere(file);
      const pin = await pinOf(options.key);
      const { importBundle, runOfBundle } = await bundles();
      const dryRun = options.dryRun === true;
      const runId = (await runOfBundle(file)) ?? undefined;
      const result = await onDatabase((database) => {
        const work = () => importBundle(database, file, { pin, by: who(), dryRun });
        const entry = {
          actor: who(),
          action: 'import_bundle',
          route: 'baton import',
          runId,
          detail: { file },
        };
        return dryRun ? work() : audited(database, entry, work);
      });
      print(options.output, { bundle: file, ...result }, () => importText(result));
    });
}

export function addKey(program: Command): void {
  withFormat(program.command('key'))
    .description('the public key that this installation signs bundles with, and its fingerprint')
    .action(async (options: FormatOption) => {
      const key = await apiClient().json<InstallationKey>('/key');
      print(options.output, key, () => `${key.fingerprint}\n${key.public_key}`);
    });
}

/** Loaded when needed: it folds runs with Temporal's SDK. */
const bundles = () => import('../../../bundles/index.ts');

function assertThere(file: string): void {
  if (!existsSync(file)) throw new CliError(EXIT.usage, `there is no file ${file}`);
}

/** The key that is asked for. @throws CliError for what is neither a fingerprint nor a file with a public key */
async function pinOf(key: string | undefined): Promise<Pin | undefined> {
  if (key === undefined || key.startsWith('SHA256:'))
    return key === undefined ? undefined : { fingerprint: key };
  const { publicKeyOfText } = await bundles();
  try {
    return publicKeyOfText(readFileSync(key, 'utf8'));
  } catch (error) {
    const message = `--key ${key}: ${messageOf(error)}; give a fingerprint (SHA256:…), or a file with a public key`;
    throw new CliError(EXIT.usage, message);
  }
}
