/** `baton publish` and `baton workflows`. */
import type { Command } from 'commander';
import type { Page } from '../../../contract/shared/common.ts';
import type { Workflow } from '../../../contract/workflow.ts';
import { note, print, table, withFormat, type FormatOption } from '../../terminal/output.ts';
import { publishFile, warningLines } from '../../input/publish-file.ts';
import { apiClient } from '../../client/target.ts';

export function addPublish(program: Command): void {
  withFormat(program.command('publish'))
    .description('publish a definition; the same text again is the same version')
    .argument('<file>', 'YAML or JSON, - for stdin')
    .action(async (file: string, options: FormatOption) => {
      const published = await publishFile(apiClient(), file);
      for (const line of warningLines(published)) note(line);
      print(options.output, published, () => `${published.workflow}@${published.version} ${published.hash}`);
    });
}

export function addWorkflows(program: Command): void {
  withFormat(program.command('workflows'))
    .description('list the published workflows')
    .option('--limit <n>', 'most of them', '50')
    .action(async (options: FormatOption & { limit: string }) => {
      const page = await apiClient().json<Page<Workflow>>(
        `/workflows?limit=${encodeURIComponent(options.limit)}`,
      );
      const rows = page.items.map((workflow) => [
        workflow.name,
        workflow.latest_version,
        workflow.title ?? '',
      ]);
      print(options.output, page, () => table(['NAME', 'VERSION', 'TITLE'], rows));
    });
}
