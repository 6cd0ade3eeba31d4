/** The record of a run: `events`, `causes`, `state`. */
import type { Command } from 'commander';
import type { Causes, EventEnvelope, RunEvent } from '../../../contract/event.ts';
import type { RunStateAt } from '../../../contract/past/state.ts';
import { allEvents, followEvents } from '../../following/event-stream.ts';
import { runIn } from '../../client/find-run.ts';
import { dateTimeText, zoneName } from '../../terminal/local-time.ts';
import { stateText } from '../../shown/past/state-text.ts';
import { print, withFormat, writeTo, type FormatOption } from '../../terminal/output.ts';
import { apiClient } from '../../client/target.ts';
import { writeJson } from '../../../plan/exact-json.ts';

interface EventOptions extends FormatOption {
  readonly follow?: boolean;
  readonly type?: string;
  readonly step?: string;
  readonly full?: boolean;
}

/** Lists call the time `at`, live events `ts`. */
type ListedEvent = Pick<RunEvent, 'seq' | 'type' | 'step' | 'turn' | 'data'> &
  Partial<Pick<RunEvent, 'at'> & Pick<EventEnvelope, 'ts'>>;

export function addEvents(program: Command): void {
  withFormat(program.command('events'))
    .description('what happened in a run, one event a line')
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .option('--type <list>', 'only these types, comma list: llm_complete,tool_call,error …')
    .option('--step <key>', 'only this step')
    .option('--full', 'with the whole of what events show the beginning of')
    .option('-f, --follow', 'stay and print events as they come, until the run has ended')
    .action(async (run: string, options: EventOptions) => {
      const client = apiClient();
      const runId = await runIn(client, run);
      const show = (event: ListedEvent) => writeTo(process.stdout, `${eventLine(event, options)}\n`);
      const filter = eventFilter(options);
      if (options.follow !== true) (await allEvents<ListedEvent>(client, runId, filter)).forEach(show);
      else for await (const event of followEvents(client, runId, { signal: NEVER, filter })) show(event);
    });
}

/** Until the run has ended, or Ctrl-C. */
const NEVER = new AbortController().signal;

function eventFilter({ type, step, full }: EventOptions): URLSearchParams {
  const filter = new URLSearchParams();
  if (type !== undefined) filter.set('type', type);
  if (step !== undefined) filter.set('step', step);
  if (full === true) filter.set('full', 'true');
  return filter;
}

/** JSON Lines, or `time  type  step  data`. */
function eventLine(event: ListedEvent, { output, full }: EventOptions): string {
  if (output === 'json') return writeJson(event);
  const data = writeJson(event.data ?? null);
  const shown = full !== true && data.length > 160 ? `${data.slice(0, 157)}…` : data;
  const at = event.ts ?? event.at;
  const turn = typeof event.turn === 'number' ? `/${event.turn}` : '';
  return `${String(event.seq).padStart(5)}  ${at === undefined ? '' : `${dateTimeText(at)} ${zoneName(new Date(at))}`}  ${event.type}  ${event.step ?? ''}${turn}  ${shown}`;
}

export function addCauses(program: Command): void {
  withFormat(program.command('causes'))
    .description('what led to an event: itself, its cause, and so on back to the root')
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .argument('<seq>', 'number of the event, as `baton events` shows it')
    .action(async (run: string, seq: string, options: FormatOption) => {
      const client = apiClient();
      const runId = await runIn(client, run);
      const path = `/runs/${encodeURIComponent(runId)}/events/${encodeURIComponent(seq)}/causes`;
      const causes = await client.json<Causes>(path);
      const more = causes.complete ? [] : ['    … (older causes are left out)'];
      print(options.output, causes, () =>
        [...causes.items.map((event) => eventLine(event, { output: 'text' })), ...more].join('\n'),
      );
    });
}

export function addState(program: Command): void {
  withFormat(program.command('state'))
    .description('a run as it was after one of its events: plan, steps, cost, open questions, thread')
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .option('--at <seq>', 'number of the event (default: the newest)')
    .action(async (run: string, options: FormatOption & { at?: string }) => {
      const client = apiClient();
      const runId = await runIn(client, run);
      const at = options.at === undefined ? '' : `?at=${encodeURIComponent(options.at)}`;
      const state = await client.json<RunStateAt>(`/runs/${encodeURIComponent(runId)}/state${at}`);
      print(options.output, state, () => stateText(state));
    });
}
