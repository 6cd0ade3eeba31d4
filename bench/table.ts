/** The results as Markdown, for docs/performance.md. */
import type { BenchResult } from './result.ts';

const ms = (value: number): string => `${value < 10 ? value.toFixed(2) : Math.round(value)} ms`;

export function markdown({ workloads, projection, definition }: BenchResult): string {
  return [
    '## Interpreter against hand-written Temporal TypeScript',
    '',
    '| graph | interpreter p50 / p90 | hand-written p50 / p90 | ratio p50 | events | workflow tasks |',
    '| --- | --- | --- | --- | --- | --- |',
    ...workloads.map(
      ({ name, interpreter: a, hand_written: b, ratio }) =>
        `| ${name} | ${ms(a.p50_ms)} / ${ms(a.p90_ms)} | ${ms(b.p50_ms)} / ${ms(b.p90_ms)} | ${ratio.toFixed(2)} | ${a.events} / ${b.events} | ${a.workflow_tasks} / ${b.workflow_tasks} |`,
    ),
    '',
    '## Projection lag',
    '',
    '| load | samples | p50 | p99 |',
    '| --- | --- | --- | --- |',
    ...projection.map((lag) => `| ${lag.name} | ${lag.samples} | ${ms(lag.p50_ms)} | ${ms(lag.p99_ms)} |`),
    '',
    '## Definitions',
    '',
    '| what | median | budget |',
    '| --- | --- | --- |',
    ...definition.map((one) => `| ${one.name} | ${ms(one.median_ms)} | ${ms(one.budget_ms)} |`),
    '',
  ].join('\n');
}
