/** `baton migrate`: brings the tables up to date, while everything runs. Straight on Postgres, past the API. */
import type { Command } from 'commander';
import { messageOf } from '../../../errors/errors.ts';
import { cliConfig, databaseUrl } from '../../client/target.ts';
import { CliError, EXIT } from '../../exit.ts';
import { print, withFormat, type FormatOption } from '../../terminal/output.ts';
import { counted } from '../../terminal/style.ts';

interface MigrateOptions extends FormatOption {
  readonly dryRun?: boolean;
}

/** What was applied, or would be, by name and in order. */
interface Migrated {
  readonly dry_run: boolean;
  readonly migrations: readonly string[];
  /** Webhooks whose secrets were sealed by the present key. */
  readonly sealed_webhooks: number;
}

export function addMigrate(program: Command): void {
  withFormat(program.command('migrate'))
    .description('bring the tables up to date, as API and projector do when they start; before an upgrade')
    .option('--dry-run', 'only say what would be done')
    .action(async ({ dryRun: isDry = false, output }: MigrateOptions) => {
      const result = { dry_run: isDry, ...(await migrated(databaseUrl(), isDry)) };
      print(output, result, () => textOf(result));
    });
}

async function migrated(url: string, isDry: boolean): Promise<Omit<Migrated, 'dry_run'>> {
  // Loaded when needed: Postgres' driver would slow down the list of all commands.
  const [{ migrate, missingMigrations }, { createLogger }] = await Promise.all([
    import('../../../database/migrate.ts'),
    import('../../../log/log.ts'),
  ]);
  try {
    const names = isDry ? await missingMigrations(url) : await migrate(url, createLogger('cli', 'silent'));
    return { migrations: names, sealed_webhooks: await sealed(url, isDry, names) };
  } catch (error) {
    throw new CliError(EXIT.unreachable, `the tables cannot be brought up to date: ${messageOf(error)}`, {
      code: 'database_unavailable',
    });
  }
}

async function sealed(url: string, isDry: boolean, missing: readonly string[]): Promise<number> {
  if (isDry && missing.includes('031_webhooks')) return 0;
  const [{ sealStored }, { keyringOf }, { sealingKeys }] = await Promise.all([
    import('../../../webhooks/seal-stored.ts'),
    import('../../../secrets/keyring.ts'),
    import('../../../stack/servers/sealing-keys.ts'),
  ]);
  return sealStored(url, { keyring: keyringOf(sealingKeys(cliConfig(), url)), isDry });
}

function textOf({ dry_run: isDry, migrations: names, sealed_webhooks: sealedCount }: Migrated): string {
  const would = isDry ? 'would be ' : '';
  const lines = [
    ...(names.length === 0 ? [] : [`${counted(names.length, 'migration')} ${would}applied`]),
    ...names.map((name) => `  ${name}`),
    ...(sealedCount === 0 ? [] : [`secrets of ${counted(sealedCount, 'webhook')} ${would}sealed`]),
  ];
  return lines.length === 0 ? 'the tables are up to date' : lines.join('\n');
}
