/** The results as Markdown, for docs/performance.md. */
import { PROGRAMS } from '../src/stack/programs/programs.ts';
import type { BenchResult } from './result.ts';

const LONGEST_NAME = 40;

const ms = (value: number): string => `${value < 10 ? value.toFixed(2) : Math.round(value)} ms`;

/** What was not measured is left out. */
export function markdown({
  door,
  workloads,
  projection,
  live,
  streams,
  messages,
  changes,
  frames,
  cli,
  definition,
  worst,
}: BenchResult): string {
  return [
    ...table(
      'Through the front door',
      ['work', 'Baton p50 / p90', 'hand-written p50 / p90', 'ratio p50', 'history, KB', 'lost tasks'],
      door.map(({ name, baton: a, hand_written: b, ratio }) => [
        name,
        `${ms(a.p50_ms)} / ${ms(a.p90_ms)}`,
        `${ms(b.p50_ms)} / ${ms(b.p90_ms)}`,
        ratio.toFixed(2),
        `${a.history_kb} / ${b.history_kb}`,
        `${a.lost_tasks} / ${b.lost_tasks}`,
      ]),
    ),
    ...table(
      'Interpreter against hand-written Temporal TypeScript',
      ['graph', 'interpreter p50 / p90', 'hand-written p50 / p90', 'ratio p50', 'events', 'workflow tasks'],
      workloads.map(({ name, interpreter: a, hand_written: b, ratio }) => [
        name,
        `${ms(a.p50_ms)} / ${ms(a.p90_ms)}`,
        `${ms(b.p50_ms)} / ${ms(b.p90_ms)}`,
        ratio.toFixed(2),
        `${a.events} / ${b.events}`,
        `${a.workflow_tasks} / ${b.workflow_tasks}`,
      ]),
    ),
    ...table(
      'Projection lag',
      ['load', 'samples', 'p50', 'p99'],
      projection.map((lag) => [lag.name, String(lag.samples), ms(lag.p50_ms), ms(lag.p99_ms)]),
    ),
    ...table(
      'From an event to its readers',
      ['sockets', 'runs', 'arrivals', 'gaps', 'p50', 'p95'],
      (live === undefined ? [] : [live]).map(({ sockets, runs, arrivals, gaps, p50_ms, p95_ms }) => [
        ...[sockets, runs, arrivals, gaps].map(String),
        ms(p50_ms),
        ms(p95_ms),
      ]),
    ),
    ...table(
      'From a word of an agent to those who read along',
      ['through', 'agents', 'readers', 'words', 'lost', 'p50', 'p95'],
      streams.map(({ store, agents, readers, words, lost, p50_ms, p95_ms }) => [
        store,
        ...[agents, readers, words, lost].map(String),
        ms(p50_ms),
        ms(p95_ms),
      ]),
    ),
    ...table(
      'From a message to its receipt in the tables',
      [
        'runs',
        'messages',
        'a second',
        'lost',
        'doubled',
        'p50',
        'p95',
        'p99',
        'executions',
        'longest history',
      ],
      messages.map((load) => [
        ...[load.runs, load.messages, load.per_second, load.lost, load.doubled].map(String),
        ...[load.p50_ms, load.p95_ms, load.p99_ms].map(ms),
        String(load.executions),
        `${load.longest_history} events, ${load.largest_history_kb} KB`,
      ]),
    ),
    ...table(
      'What the programs consumed meanwhile',
      ['runs', ...PROGRAMS.map(({ name }) => name)],
      messages.map(({ runs, consumed }) => [
        String(runs),
        ...consumed.map(({ cpu_seconds, rss_mb }) => `${cpu_seconds} s, ${rss_mb} MB`),
      ]),
    ),
    ...table(
      'To change a run while it works',
      ['what', 'steps', 'p50 / p90', 'budget'],
      changes.map(({ what, steps, p50_ms, p90_ms, budget_ms }) => [
        what,
        String(steps),
        `${ms(p50_ms)} / ${ms(p90_ms)}`,
        budget_ms === null ? '' : ms(budget_ms),
      ]),
    ),
    ...table(
      'The console, frames in five seconds',
      ['what', 'frames', 'over 50 ms', 'p50', 'worst'],
      frames.map(({ what, frames: all, slow, p50_ms, worst_ms }) => [
        what,
        String(all),
        `${(slow * 100).toFixed(1)} %`,
        ms(p50_ms),
        ms(worst_ms),
      ]),
    ),
    ...table(
      'The command line, from its start to its end',
      ['command', 'p50', 'of a bare Node', 'budget'],
      cli.map(({ command, p50_ms, ratio, budget_ms }) => [
        command,
        ms(p50_ms),
        ratio.toFixed(1),
        ms(budget_ms),
      ]),
    ),
    ...table(
      'Definitions',
      ['what', 'median', 'budget'],
      definition.map((one) => [one.name, ms(one.median_ms), ms(one.budget_ms)]),
    ),
    ...table(
      'The costliest input within all limits',
      ['what', 'the worst of all', 'processor time', 'of parsing 1 MB of JSON', 'budget'],
      worst.map((one) => [
        one.what,
        `\`${one.worst.slice(0, LONGEST_NAME)}\``,
        ms(one.ms),
        one.ratio.toFixed(1),
        ms(one.budget_ms),
      ]),
    ),
  ].join('\n');
}

function table(title: string, heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [`## ${title}`, '', line(heads), line(heads.map(() => '---')), ...rows.map(line), ''];
}
