/** What `baton restore` and `baton promote` have in common: a run is set back, which an open one comes to rest for first. */
import { Option, type Command } from 'commander';
import { RESTORE_MODES } from '../../../protocol/signals.ts';
import { who } from '../../client/who.ts';
import { textArgument, wholeNumber } from '../../input/text-argument.ts';

export interface SetBackOptions {
  readonly mode?: string;
  readonly timeout?: string;
  readonly drop?: string;
  readonly reason?: string;
  readonly by?: string;
  readonly dryRun?: boolean;
}

/** @param dry what `--dry-run` tells */
export function withSetBack(command: Command, dry: string): Command {
  return command
    .addOption(
      new Option(
        '--mode <mode>',
        'of an open run: what is under way comes to its end, or is stopped (default: drain)',
      ).choices([...RESTORE_MODES]),
    )
    .option('--timeout <duration>', 'how long an open run may take to come to rest (default: 30s)')
    .option('--dry-run', dry)
    .option('--drop <numbers>', 'comma list of messages that nobody has read and that may be dropped')
    .option('--reason <text>', 'why, for the record (@file, -)')
    .option('--by <name>', 'who says so (default: you)');
}

export function setBackBody(options: SetBackOptions): object {
  const { mode, timeout, reason, drop, by = who(), dryRun = false } = options;
  return {
    by,
    dry_run: dryRun,
    ...(mode !== undefined && { mode }),
    ...(timeout !== undefined && { timeout }),
    ...(reason !== undefined && { reason: textArgument(reason, 'the reason') }),
    ...(drop !== undefined && { drop_messages: drop.split(',').map((one) => wholeNumber(one, '--drop', 1)) }),
  };
}
