/** `baton migrate`: brings the tables up to date, while everything runs. Straight on Postgres, past the API. */
import type { Command } from 'commander';
import { messageOf } from '../../../errors/errors.ts';
import { databaseUrl } from '../../client/target.ts';
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
}

export function addMigrate(program: Command): void {
  withFormat(program.command('migrate'))
    .description('bring the tables up to date, as API and projector do when they start; before an upgrade')
    .option('--dry-run', 'only say what would be done')
    .action(async ({ dryRun: isDry = false, output }: MigrateOptions) => {
      const result: Migrated = { dry_run: isDry, migrations: await migrations(databaseUrl(), isDry) };
      print(output, result, () => textOf(result));
    });
}

async function migrations(url: string, isDry: boolean): Promise<readonly string[]> {
  // Loaded when needed: Postgres' driver would slow down the list of all commands.
  const [{ migrate, missingMigrations }, { createLogger }] = await Promise.all([
    import('../../../database/migrate.ts'),
    import('../../../log/log.ts'),
  ]);
  try {
    return isDry ? await missingMigrations(url) : await migrate(url, createLogger('cli', 'silent'));
  } catch (error) {
    throw new CliError(EXIT.unreachable, `the tables cannot be brought up to date: ${messageOf(error)}`, {
      code: 'database_unavailable',
    });
  }
}

function textOf({ dry_run: isDry, migrations: names }: Migrated): string {
  if (names.length === 0) return 'the tables are up to date';
  const done = isDry ? 'would be applied' : 'applied';
  return [`${counted(names.length, 'migration')} ${done}`, ...names.map((name) => `  ${name}`)].join('\n');
}
