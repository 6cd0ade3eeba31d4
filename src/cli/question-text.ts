/** Questions of runs as people read them. */
import type { FormJson, QuestionJson } from './api-types.ts';
import { table, valueText } from './output.ts';

/** One line a question, the oldest first as the API gives them. */
export function questionTable(questions: readonly QuestionJson[]): string {
  if (questions.length === 0) return 'nobody is asked anything';
  const rows = questions.map((question) => [
    question.run_id,
    question.id,
    question.kind,
    answersText(question),
    question.expires_at === null ? '' : timeText(question.expires_at),
    firstLine(question.preview),
  ]);
  return table(['RUN', 'QUESTION', 'KIND', 'ANSWERS', 'EXPIRES (UTC)', 'WHAT'], rows);
}

/** A question whole: what is asked, of whom, and what an answer looks like. */
export function questionText(question: QuestionJson): string {
  const { call, form } = question;
  return [
    `${question.id}  ${question.kind} of step ${question.step}, run ${question.run_id}`,
    typeof question.prompt === 'string' ? question.prompt : question.preview,
    ...(call === null ? [] : [`${call.name} ${valueText(call.input)}`]),
    ...(question.approvers.length === 0 ? [] : [`may answer: ${question.approvers.join(', ')}`]),
    ...(question.needed > 1 ? [`answers: ${answersText(question)}`] : []),
    ...(question.expires_at === null ? [] : [`expires: ${timeText(question.expires_at)} UTC`]),
    ...(form === null ? [] : fieldLines(form)),
  ].join('\n');
}

/** A form in one line: `branch (string, required), force (boolean)`. */
export function formText(form: FormJson | null): string {
  return Object.entries(form?.properties ?? {})
    .map(([name, field]) => `${name} (${factsOf(form, name, field)})`)
    .join(', ');
}

/** The command that answers a question. */
export function answerHint(
  runId: string,
  question: string,
  asked: { readonly form: FormJson | null; readonly isCall: boolean },
): string {
  const command = `baton answer ${runId} ${question}`;
  const fields = asked.form?.properties ?? {};
  if (asked.isCall || 'approved' in fields) return `${command} --approve (or --reject)`;
  const needed = Object.keys(fields).filter((name) => asked.form?.required?.includes(name) === true);
  const names = needed.length > 0 ? needed : Object.keys(fields).slice(0, 1);
  return names.length === 0
    ? `${command} VALUE`
    : [command, ...names.map((name) => `-f ${name}=…`)].join(' ');
}

/** `name (string, required): what it is for`, a line a field. */
function fieldLines(form: FormJson): string[] {
  return Object.entries(form.properties ?? {}).map(([name, field]) => {
    const about = field.description ?? field.title;
    return `  ${name} (${factsOf(form, name, field)})${about === undefined ? '' : `: ${about}`}`;
  });
}

const factsOf = (form: FormJson | null, name: string, field: FormJson): string =>
  `${kindText(field)}${form?.required?.includes(name) === true ? ', required' : ''}`;

/** What a field takes: its choices, or its type. */
export function kindText(field: FormJson): string {
  if (field.enum !== undefined) return field.enum.map((choice) => valueText(choice)).join(' | ');
  return typeof field.type === 'string' ? field.type : 'any';
}

const answersText = ({ answers, needed }: QuestionJson): string => `${answers.length}/${needed}`;
const timeText = (time: string): string => time.replace('T', ' ').slice(0, 19);
const firstLine = (text: string): string => {
  const line = text.split('\n')[0] ?? '';
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
};
