/** `baton logs`: what happened in a run as a log, with everything that its commands printed. */
import type { Command } from 'commander';
import type { ApiClient } from '../api-client.ts';
import type { StepJson } from '../api-types.ts';
import { allEvents, followEvents } from '../event-stream.ts';
import { linesAt, logLines, type LoggedEvent, type LogLine } from '../log-lines.ts';
import { withFormat, writeTo, type FormatOption } from '../output.ts';
import { outputOf } from '../run-output.ts';
import { paintFor } from '../style.ts';
import { apiClient } from '../target.ts';
import { wholeNumber } from '../text-argument.ts';

interface LogsOptions extends FormatOption {
  readonly follow?: boolean;
  readonly tail?: string;
}

export function addLogs(program: Command): void {
  withFormat(program.command('logs'))
    .description('what happened in a run as a log, with what agents said and commands printed')
    .argument('<run>', 'run id')
    .argument('[step]', 'only this step')
    .option('-f, --follow', 'stay and print lines as they come, until the run has ended')
    .option('--tail <n>', 'begin with the last lines only')
    .action(async (runId: string, step: string | undefined, options: LogsOptions) => {
      const tail = options.tail === undefined ? Infinity : wholeNumber(options.tail, '--tail');
      const client = apiClient();
      const reader = new LogReader(client, runId);
      const show = (line: LogLine) => writeTo(process.stdout, `${shown(line, options.output)}\n`);
      const filter = new URLSearchParams(step === undefined ? {} : { step });
      const past = await allEvents<LoggedEvent>(client, runId, filter);
      const lines = await collected(past, reader);
      for (const line of tail === Infinity ? lines : lines.slice(Math.max(0, lines.length - tail)))
        show(line);
      if (options.follow !== true) return;
      const following = { signal: NEVER, filter, lastEventId: String(past.at(-1)?.seq ?? 0) };
      for await (const event of followEvents(client, runId, following))
        for (const line of await reader.lines(event)) show(line);
    });
}

/** Until the run has ended, or Ctrl-C. */
const NEVER = new AbortController().signal;

async function collected(events: readonly LoggedEvent[], reader: LogReader): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for (const event of events) lines.push(...(await reader.lines(event)));
  return lines;
}

/** Lines of events, and of what a command had printed when its step ended. */
class LogReader {
  readonly #client: ApiClient;
  readonly #runId: string;

  constructor(client: ApiClient, runId: string) {
    this.#client = client;
    this.#runId = runId;
  }

  async lines(event: LoggedEvent): Promise<readonly LogLine[]> {
    const { scope, to } = (event.data ?? {}) as { scope?: unknown; to?: unknown };
    const completes = event.type === 'status_change' && scope === 'step' && to === 'completed';
    const printed = completes && event.step !== null ? await this.#printed(event, event.step) : [];
    return [...printed, ...logLines(event)];
  }

  async #printed(event: LoggedEvent, key: string): Promise<readonly LogLine[]> {
    const path = `/runs/${encodeURIComponent(this.#runId)}/steps/${encodeURIComponent(key)}`;
    const { kind, status } = await this.#client.json<StepJson>(path);
    if (kind !== 'command' || status !== 'completed') return [];
    const { stdout, stderr } = (await outputOf(this.#client, this.#runId, key)) as Partial<Printed>;
    return [stdout, stderr].flatMap((text, i) =>
      text === undefined || text === '' ? [] : linesAt(event, text.replaceAll(/^/gm, i === 0 ? '| ' : '! ')),
    );
  }
}

interface Printed {
  readonly stdout: string;
  readonly stderr: string;
}

function shown(line: LogLine, format: FormatOption['output']): string {
  if (format === 'json') return JSON.stringify(line);
  const paint = paintFor(process.stdout);
  const time = new Date(line.at).toTimeString().slice(0, 8);
  return `${paint('dim', time)}  ${paint('bold', line.step ?? 'run')}  ${line.text}`.trimEnd();
}
