/** Questions to people: over all runs, or of one. */
import type { Question } from '../../contract/question.ts';
import { decodeCursor, pageOf, type Page } from '../cursor.ts';
import { readTarget } from '../runs/find-target.ts';
import type { Services } from '../services.ts';
import { questionJson, type QuestionRow } from '../views/question.ts';
import { listQuestions, type QuestionSelection } from './queries/list-questions.ts';

type QuestionFilter = Omit<QuestionSelection, 'id'> & { readonly cursor?: string | undefined };

/** A page of questions, oldest first. @throws InvalidError `invalid_cursor` */
export async function readQuestions(
  { store }: Pick<Services, 'store'>,
  { cursor, ...selection }: QuestionFilter,
): Promise<Page<Question>> {
  const after = cursor === undefined ? undefined : decodeCursor('questions', cursor);
  const rows = await store.all<QuestionRow>(listQuestions(selection, after));
  const position = (row: QuestionRow) => [row.position, row.run_id, row.id];
  return pageOf('questions', rows, selection.limit, questionJson, position);
}

/** The same of one run. @throws NotFoundError `run_not_found`; InvalidError `invalid_cursor` */
export async function readRunQuestions(
  services: Services,
  runId: string,
  filter: Omit<QuestionFilter, 'run'>,
): Promise<Page<Question>> {
  const found = await readQuestions(services, { ...filter, run: runId });
  if (found.items.length === 0) await readTarget(services, runId);
  return found;
}
