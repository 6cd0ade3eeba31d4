/** `baton doctor`: what an operator must know about this installation, and what should be mended. */
import type { Command } from 'commander';
import { readStackInfo } from '../../../stack/home/stack-file.ts';
import type { Finding, State } from '../../doctor/finding.ts';
import { EXIT } from '../../exit.ts';
import { print, withFormat, type FormatOption } from '../../terminal/output.ts';
import { paintFor, type Tone } from '../../terminal/style.ts';
import { cliConfig } from '../../client/target.ts';

const TONES: Readonly<Record<State, Tone>> = {
  ok: 'green',
  warning: 'yellow',
  problem: 'red',
  skipped: 'dim',
};

export function addDoctor(program: Command): void {
  withFormat(program.command('doctor'))
    .description(
      'check files, binds, doors, Temporal, Postgres and workers of this installation; exit code 1 for a problem',
    )
    .action(async (options: FormatOption) => {
      const config = cliConfig();
      // Loaded when needed: Postgres' driver would slow down the list of all commands.
      const { examine } = await import('../../doctor/examine.ts');
      const findings = await examine(config, readStackInfo(config.BATON_HOME));
      const healthy = findings.every(({ state }) => state !== 'problem');
      if (!healthy) process.exitCode = EXIT.failed;
      print(options.output, { ok: healthy, findings }, () => findings.map(lineOf).join('\n'));
    });
}

function lineOf({ check, state, says, remedy }: Finding): string {
  const paint = paintFor(process.stdout);
  const head = `${paint(TONES[state], state.padEnd(8))} ${check}: ${says}`;
  return remedy === undefined ? head : `${head}\n         ${paint('bold', '→')} ${remedy}`;
}
