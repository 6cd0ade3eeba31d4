/**
 * Why somebody may not answer a question, as far as a page can know; undefined: nothing speaks against it. Pure. Names are
 * compared as the run compares them: as they are written.
 */
import type { Question } from '../../api/generated.ts';

type Asked = Pick<Question, 'status' | 'approvers' | 'not_starter' | 'answers' | 'needed'>;

/** @param name who would answer; empty: nobody has said @param starter who started the run */
export function whyNotAnswer(
  { status, approvers, not_starter: notStarter, answers }: Asked,
  name: string,
  starter: string | null,
): string | undefined {
  if (status !== 'open') return 'It is not open any more.';
  const who = name.trim();
  if (approvers.length > 0) {
    if (who === '') return `Say who you are first (preferences): only ${approvers.join(', ')} may answer.`;
    if (!approvers.includes(who)) return `Only ${approvers.join(', ')} may answer.`;
  }
  if (notStarter && who !== '' && who === starter) return 'Whoever started the run may not answer.';
  if (who !== '' && answers.some(({ by }) => by === who))
    return 'You have answered; somebody else has to as well.';
  return undefined;
}
