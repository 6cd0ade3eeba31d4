/** The demonstration: publishes every example and runs the code review on a real diff. */
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Config } from '../../config.ts';
import type { StackInfo } from '../../stack/home/stack-file.ts';
import { ROOT } from '../../places.ts';
import { ApiClient } from '../client/api-client.ts';
import type { ToldRun } from '../client/told-run.ts';
import { EXAMPLES } from '../input/checkout.ts';
import { someDiff } from '../input/git-diff.ts';
import { modelText } from '../shown/model-text.ts';
import { openBrowser } from '../terminal/browser.ts';
import { note, valueText, writeTo } from '../terminal/output.ts';
import { publishFile } from '../input/publish-file.ts';
import { wholeOutput } from '../shown/run-output.ts';
import { screenFor, watchRun } from '../following/watch-run.ts';

const REVIEW = 'code-review-workflow';

export async function runDemo(info: StackInfo, config: Config): Promise<void> {
  const client = new ApiClient(info.api);
  const files = readdirSync(EXAMPLES).filter((name) => name.endsWith('.yaml'));
  for (const file of files) await publishFile(client, join(EXAMPLES, file));
  note(`published ${files.length} examples from ${relative(process.cwd(), EXAMPLES) || '.'}`);

  const { diff, origin } = someDiff();
  note(`\nReviewing ${origin} (${diff.length} characters) with ${REVIEW}.`);
  note(modelText(config, process.env, ROOT));
  const run = await client.json<ToldRun>('/runs', {
    method: 'POST',
    body: { workflow: REVIEW, inputs: { git_diff: diff }, labels: { demo: 'true' } },
  });
  note(`In the console: ${info.api}/runs/${run.id}`);
  if (process.stdout.isTTY) await openBrowser(`${info.api}/runs/${run.id}`);
  if (info.temporal_ui !== null) {
    note(
      `In the Temporal Web UI: ${info.temporal_ui}/namespaces/${info.temporal_namespace}/workflows/${run.id}\n`,
    );
  }
  const ended = await watchRun(client, run.id, screenFor(process.stderr));
  if (ended.status === 'completed') {
    writeTo(process.stdout, `\n${valueText(await wholeOutput(client, ended))}\n\n`);
    note(`Look closer: npx baton status ${run.id}`);
  } else note(`The run ${ended.status}: ${ended.error?.message ?? ''}`);
  note('Baton stays up; Ctrl-C stops it.');
}
