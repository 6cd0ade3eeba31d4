/**
 * What waits for people over all runs, in the order in which it should be looked at. Pure.
 *
 * Questions come before runs that are stuck; what more steps wait behind comes before what fewer do, where that is known;
 * the oldest first. What expires within the hour comes before everything.
 */
import type { Question, RunNow } from '../api/generated.ts';

interface AskedItem {
  readonly kind: 'question';
  readonly id: string;
  readonly runId: string;
  readonly workflow: string;
  readonly since: string;
  readonly text: string;
  readonly question: Question;
}

interface StuckItem {
  readonly kind: 'stuck';
  readonly id: string;
  readonly runId: string;
  readonly workflow: string;
  readonly since: string;
  readonly text: string;
  readonly run: RunNow;
}

export type InboxItem = AskedItem | StuckItem;

type Waits = RunNow['waiting_for'][number];

/** Ways of waiting that somebody has to end. A question stands for itself. */
const STUCK: readonly Waits['kind'][] = ['limit', 'hang', 'worker', 'node'];
const SOON_MS = 3_600_000;

export function inboxOf(
  questions: readonly Question[],
  runs: readonly RunNow[],
  now: number,
): readonly InboxItem[] {
  const asked = questions.map((question): AskedItem => ({
    kind: 'question',
    id: `${question.run_id} ${question.id}`,
    runId: question.run_id,
    workflow: question.workflow,
    since: question.asked_at,
    text: question.preview,
    question,
  }));
  const stuck = runs.flatMap((run): StuckItem[] => {
    const wait = run.waiting_for.find(({ kind }) => STUCK.includes(kind));
    if (wait === undefined) return [];
    const text = `${wait.step ?? 'The run'}: ${wait.text ?? wait.kind}`;
    return [
      {
        kind: 'stuck',
        id: `${run.id} ${wait.kind}`,
        runId: run.id,
        workflow: run.workflow,
        since: wait.since ?? run.updated_at,
        text,
        run,
      },
    ];
  });
  return [...asked, ...stuck].toSorted(
    (a, b) => rank(a, now) - rank(b, now) || a.since.localeCompare(b.since),
  );
}

function rank(item: InboxItem, now: number): number {
  if (item.kind === 'stuck') return 2;
  const { expires_at: expires } = item.question;
  return expires !== null && Date.parse(expires) - now < SOON_MS ? 0 : 1;
}
