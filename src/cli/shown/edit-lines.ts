/** What an edit does to the plan of a run, and the plans that a run has had, for a screen. */
import type { EditAnswer, RunRevision } from '../../contract/edit.ts';
import { dateTimeText } from '../terminal/local-time.ts';
import { table } from '../terminal/output.ts';
import type { Paint } from '../terminal/style.ts';

type Changes = Pick<RunRevision, 'added' | 'removed' | 'changed' | 'rewired' | 'members' | 'runs_again'>;

export function editLines(answer: EditAnswer, paint: Paint): string[] {
  const { run_id: run, revision, applied, message_id: message, kept, expected, faults } = answer;
  const head = applied
    ? `run ${run} ${isSame(answer) ? 'is at' : 'has another plan:'} revision ${revision}`
    : message === null
      ? `run ${run}, revision ${revision}; with this edit:`
      : `the edit of run ${run} was taken; the run has not come to it yet`;
  return [
    head,
    ...changeLines(answer, paint),
    ...againLines(answer, paint),
    `  ${kept.length} ${kept.length === 1 ? 'step has' : 'steps have'} begun and stay as they are`,
    `  ${aheadText(expected)}`,
    ...faults.map(({ code, message: why }) => paint('red', `  refused (${code}): ${why}`)),
  ];
}

export function revisionTable(revisions: readonly RunRevision[]): string {
  return table(
    ['REVISION', 'AT', 'BY', 'WHAT', 'WHY'],
    revisions.map((one) => [
      String(one.revision),
      dateTimeText(one.at),
      one.proposed_by === null ? (one.by ?? '') : `step ${one.proposed_by}`,
      one.revision === 0 ? 'as it was started' : changesText(one),
      one.reason ?? '',
    ]),
  );
}

function changeLines({ added, removed, changed, rewired, members }: Changes, paint: Paint): string[] {
  return [
    ...removed.map((name) => `  ${paint('red', '-')} step ${name}`),
    ...added.map((name) => `  ${paint('green', '+')} step ${name}`),
    ...changed.map(({ step, members: of }) => `  ${paint('yellow', '~')} step ${step}: ${of.join(', ')}`),
    ...rewired.map((name) => `  ${paint('yellow', '~')} step ${name}: waits for others`),
    ...members.map((name) => `  ${paint('yellow', '~')} ${name}`),
  ];
}

/** Steps only run anew. */
const isSame = ({ added, removed, changed, rewired, members }: EditAnswer): boolean =>
  [added, removed, changed, rewired, members].every(({ length }) => length === 0);

function againLines(
  { runs_again: again, may_repeat: acting }: Pick<EditAnswer, 'runs_again' | 'may_repeat'>,
  paint: Paint,
): string[] {
  const acts = new Set(acting);
  return again.map(
    (name) =>
      `  ${paint('yellow', '↻')} step ${name}: runs anew${acts.has(name) ? '; it may have its effects twice' : ''}`,
  );
}

function changesText({ added, removed, changed, rewired, members, runs_again: again }: Changes): string {
  return [
    ...added.map((name) => `+${name}`),
    ...removed.map((name) => `-${name}`),
    ...[...changed.map(({ step }) => step), ...rewired, ...members].map((name) => `~${name}`),
    ...again.map((name) => `↻${name}`),
  ].join(' ');
}

function aheadText({ steps, known, cost_usd: cost, total_tokens: tokens }: EditAnswer['expected']): string {
  const ahead = `${steps} ${steps === 1 ? 'step is' : 'steps are'} ahead`;
  if (known === 0) return `${ahead}; no past run tells what they take`;
  return `${ahead}; by past runs of ${known} of them about ${tokens} tokens, $${cost.toFixed(4)}`;
}
