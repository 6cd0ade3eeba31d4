/** `baton version`. */
import type { Command } from 'commander';
import { batonVersion } from '../../../places.ts';
import { print, withFormat, type FormatOption } from '../../terminal/output.ts';

export function addVersion(program: Command): void {
  withFormat(program.command('version'))
    .description('the version of Baton and of Node')
    .action((options: FormatOption) => {
      const versions = { baton: batonVersion(), node: process.versions.node };
      print(options.output, versions, () => `baton ${versions.baton} (Node ${versions.node})`);
    });
}
