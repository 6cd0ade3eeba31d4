/** `baton logs`: what happened in a run as a log, with everything that its commands printed. */
import type { Command } from 'commander';
import { writeJson } from '../../../plan/exact-json.ts';
import { allEvents, followEvents } from '../../following/event-stream.ts';
import { runIn } from '../../client/find-run.ts';
import { clockText, zoneName } from '../../terminal/local-time.ts';
import { logLines, type LoggedEvent, type LogLine } from '../../shown/log-lines.ts';
import { note, withFormat, writeTo, type FormatOption } from '../../terminal/output.ts';
import { paintFor } from '../../terminal/style.ts';
import { apiClient } from '../../client/target.ts';
import { wholeNumber } from '../../input/text-argument.ts';

interface LogsOptions extends FormatOption {
  readonly follow?: boolean;
  readonly tail?: string;
}

export function addLogs(program: Command): void {
  withFormat(program.command('logs'))
    .description('what happened in a run as a log, with what agents said and commands printed')
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .argument('[step]', 'only this step')
    .option('-f, --follow', 'stay and print lines as they come, until the run has ended')
    .option('--tail <n>', 'begin with the last lines only')
    .action(async (run: string, step: string | undefined, options: LogsOptions) => {
      const tail = options.tail === undefined ? Infinity : wholeNumber(options.tail, '--tail', 0);
      const client = apiClient();
      const runId = await runIn(client, run);
      const filter = new URLSearchParams({ full: '1', ...(step !== undefined && { step }) });
      const past = await allEvents<LoggedEvent>(client, runId, filter);
      if (options.output === 'text') note(`times in ${zoneName()}`);
      const show = (line: LogLine) => writeTo(process.stdout, `${shown(line, options.output)}\n`);
      const lines = past.flatMap(logLines);
      lines.slice(Math.max(0, lines.length - tail)).forEach(show);
      if (options.follow !== true) return;
      const following = { signal: NEVER, filter, lastEventId: String(past.at(-1)?.seq ?? 0) };
      for await (const event of followEvents(client, runId, following)) logLines(event).forEach(show);
    });
}

/** Until the run has ended, or Ctrl-C. */
const NEVER = new AbortController().signal;

function shown(line: LogLine, format: FormatOption['output']): string {
  if (format === 'json') return writeJson(line);
  const paint = paintFor(process.stdout);
  return `${paint('dim', clockText(line.at))}  ${paint('bold', line.step ?? 'run')}  ${line.text}`.trimEnd();
}
