/** Builds the Temporal CLI, which compiles the whole server, from `tools/temporal`. */
import { join } from 'node:path';
import { ROOT } from '../../places.ts';
import type { Report } from '../report.ts';
import { buildGoProgram } from './go-build.ts';

const VERSION_VARIABLE = 'github.com/temporalio/cli/internal/temporalcli.Version';

/** Builds `version` (the one `tools/temporal/go.mod` names) into the file `target`. */
export function buildTemporalCli(version: string, target: string, report: Report): Promise<void> {
  const program = {
    title: `the Temporal CLI ${version}`,
    module: join(ROOT, 'tools', 'temporal'),
    package: 'github.com/temporalio/cli/cmd/temporal',
    link: `-X ${VERSION_VARIABLE}=${version}`,
  };
  return buildGoProgram(program, target, report);
}
