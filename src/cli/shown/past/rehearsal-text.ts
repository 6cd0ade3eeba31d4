/** What came of rehearsals, for a screen: a line a run, and below it where it would go otherwise and what would break. */
import type { Rehearsal } from '../../../rehearsal/index.ts';
import type { WhyCondition } from '../../../contract/past/why.ts';
import { counted } from '../../terminal/style.ts';
import { conditionLines } from './why-text.ts';

type Seen = NonNullable<NonNullable<Rehearsal['difference']>['condition']>;

export function rehearsalsText(rehearsals: readonly Rehearsal[]): string {
  const count = (verdict: Rehearsal['verdict'], words: string) => {
    const many = rehearsals.filter((one) => one.verdict === verdict).length;
    return many === 0 ? [] : [`${many} ${words}`];
  };
  const sum = [
    ...count('same', 'the same'),
    ...count('expected', 'other as expected'),
    ...count('parts', 'on another path'),
    ...count('breaks', 'would break'),
  ];
  const total = `${counted(rehearsals.length, 'run')}: ${sum.join(', ')}`;
  return [...rehearsals.flatMap(rehearsalLines), total].join('\n');
}

function rehearsalLines(rehearsal: Rehearsal): string[] {
  const { run, verdict, breaks, difference, same_output: same } = rehearsal;
  const output = same === false ? '; its output would be another' : '';
  return [
    `${verdict.padEnd(8)}  ${run}${output}`,
    ...breaks.map(({ kind, step, message }) => `  ${step ?? 'the run'} would break (${kind}): ${message}`),
    ...(difference === null ? [] : differenceLines(difference)),
    ...list('new', rehearsal.added),
    ...list('gone', rehearsal.removed),
    ...list('assumed to bring the same as before', rehearsal.assumed),
    ...list('nobody has recorded', rehearsal.unknown),
    ...list('not certain, as it reads of these', rehearsal.uncertain),
  ];
}

function differenceLines({
  step,
  was,
  is,
  reason,
  condition,
  former_condition: former,
}: NonNullable<Rehearsal['difference']>): string[] {
  return [
    `  ${step}: ${was} before, ${is} now${reason === null ? '' : `: ${reason}`}`,
    ...(condition === null ? [] : conditionLines('when', toldBy(condition))),
    ...(former === null ? [] : conditionLines('before, when', toldBy(former))),
  ];
}

function toldBy({ source, values, answer }: Seen): WhyCondition {
  return {
    source,
    values: values.map(({ name, value }) => ({
      name,
      missing: value === undefined,
      value: value ?? null,
      cut: false,
      bytes: 0,
    })),
    result: 'value' in answer ? answer.value : null,
    error: 'error' in answer ? answer.error : null,
  };
}

function list(what: string, keys: readonly string[]): string[] {
  return keys.length === 0 ? [] : [`  ${what}: ${keys.join(', ')}`];
}
