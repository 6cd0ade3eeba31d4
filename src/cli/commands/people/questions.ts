/** Questions of runs to people: `questions`, `answer`. */
import type { Command } from 'commander';
import { answerOf, type ApiClient } from '../../client/api-client.ts';
import type { ToldRun } from '../../client/told-run.ts';
import type { Question } from '../../../contract/question.ts';
import { answerBody, saysSomething, type AnswerWords } from '../../input/answer-body.ts';
import { askPerson, hasPerson } from '../../input/ask-person.ts';
import { CliError, EXIT } from '../../exit.ts';
import { runIn } from '../../client/find-run.ts';
import { readPairs } from '../../input/inputs.ts';
import { print, withFormat, type FormatOption } from '../../terminal/output.ts';
import { questionList, questionText } from '../../shown/question-text.ts';
import { paintFor } from '../../terminal/style.ts';
import { apiClient } from '../../client/target.ts';
import { widthFor } from '../../terminal/text-width.ts';
import { allItems } from '../../following/watch-run.ts';
import { who } from '../../client/who.ts';
import { collect } from '../runs/run.ts';

export function addQuestions(program: Command): void {
  withFormat(program.command('questions'))
    .description('what runs ask people and nobody has answered yet')
    .argument('[run]', 'run id, the beginning of one, or @latest; all runs without it')
    .option('--workflow <name>', 'only runs of this workflow')
    .action(async (run: string | undefined, options: FormatOption & { workflow?: string }) => {
      const client = apiClient();
      const query = new URLSearchParams({ status: 'open' });
      if (run !== undefined) query.set('run', await runIn(client, run));
      if (options.workflow !== undefined) query.set('workflow', options.workflow);
      const questions = await allItems<Question>(client, `/questions?${query.toString()}`);
      const { stdout } = process;
      const shown = { now: Date.now(), paint: paintFor(stdout), width: widthFor(stdout) };
      print(options.output, questions, () => questionList(questions, shown));
    });
}

interface AnswerOptions extends FormatOption, Omit<AnswerWords, 'fields' | 'value'> {
  readonly field: readonly string[];
  readonly by?: string;
}

export function addAnswer(program: Command): void {
  withFormat(program.command('answer'))
    .description('answer a question of a run; on a terminal without an answer you are asked for it')
    .argument('<run>', 'run id, the beginning of one, or @latest')
    .argument('[question]', 'its id; may be left out when exactly one is open')
    .argument('[value]', 'the answer: JSON, or text')
    .option('-f, --field <key=value>', 'a field of the answer; may be repeated', collect, [])
    .option('--approve', "yes to a tool's call, or to a step that asks for approval")
    .option('--reject', 'no to the same; --reason goes to the agent')
    .option('--edit <json>', "yes to a tool's call, with these arguments")
    .option('--reason <text>', 'why')
    .option('--by <name>', 'who answers (default: you)')
    .action(
      async (run: string, first: string | undefined, second: string | undefined, options: AnswerOptions) => {
        const client = apiClient();
        const runId = await runIn(client, run);
        const { question, value } = choose(await openQuestions(client, runId), runId, first, second);
        const { field, approve, reject, edit, reason } = options;
        const words: AnswerWords = {
          fields: readPairs(field, '-f'),
          ...(value === undefined ? {} : { value }),
          ...(approve === undefined ? {} : { approve }),
          ...(reject === undefined ? {} : { reject }),
          ...(edit === undefined ? {} : { edit }),
          ...(reason === undefined ? {} : { reason }),
        };
        const body = answerBody(question, saysSomething(words) ? words : await asked(question));
        const response = await client.raw(`/runs/${encodeURIComponent(runId)}/answers`, {
          method: 'POST',
          body: { question: question.id, by: options.by ?? who(), ...body },
        });
        const answered = await answerOf<ToldRun>(response);
        const outcome = response.status === ACCEPTED ? 'answer accepted, not read yet' : 'answered';
        print(options.output, answered, () => `${runId}: ${question.id} ${outcome}`);
      },
    );
}

/** Temporal has the answer; the tables do not show what became of it. */
const ACCEPTED = 202;

async function openQuestions(client: ApiClient, runId: string): Promise<readonly Question[]> {
  return allItems<Question>(client, `/runs/${encodeURIComponent(runId)}/questions?status=open`);
}

/**
 * Which question is meant, and the answer where the words hold one.
 *
 * @throws CliError naming those that are open
 */
export function choose(
  open: readonly Question[],
  runId: string,
  first: string | undefined,
  second: string | undefined,
): { readonly question: Question; readonly value: string | undefined } {
  const named = open.find(({ id }) => id === first);
  if (named !== undefined) return { question: named, value: second };
  const [only] = open;
  // The first word is the answer then.
  if (open.length === 1 && only !== undefined && second === undefined)
    return { question: only, value: first };
  const ids = open.map(({ id }) => id);
  if (ids.length === 0) {
    throw new CliError(EXIT.failed, `run ${runId} asks nothing`, { code: 'question_not_found' });
  }
  const message =
    first === undefined || second === undefined
      ? `run ${runId} asks several things; say which: ${ids.join(', ')}`
      : `run ${runId} does not ask "${first}"; it asks ${ids.join(', ')}`;
  throw new CliError(EXIT.usage, message, { code: 'question_not_found', open: ids });
}

async function asked(question: Question): Promise<AnswerWords> {
  if (hasPerson()) return askPerson(question);
  const message = `an answer is needed (VALUE, -f key=value, --approve, --reject or --edit):\n${questionText(question, { now: Date.now() })}`;
  throw new CliError(EXIT.usage, message, { code: 'answer_unclear', question });
}
