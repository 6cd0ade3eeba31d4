/** Questions of runs as people read them. */
import type { Form } from '../../contract/shared/form.ts';
import type { Question } from '../../contract/question.ts';
import { timeText } from '../terminal/local-time.ts';
import { valueText } from '../terminal/output.ts';
import { counted, formatAge, plain, type Paint } from '../terminal/style.ts';
import { proposedLines } from './proposed-edits.ts';
import { cutTo, hang, wrapTo } from '../terminal/text-width.ts';

/** Lines of a prompt or of a call's arguments that are shown. */
const MAX_LINES = 40;
const INDENT = '  ';

export interface Shown {
  readonly now: number;
  readonly paint?: Paint;
  /** Cells of a line. */
  readonly width?: number;
}

/** Each question whole, the oldest first as the API gives them, with the command that answers it. */
export function questionList(questions: readonly Question[], shown: Shown): string {
  if (questions.length === 0) return 'nobody is asked anything';
  return questions
    .map((question) => `${questionText(question, shown)}\n${answerLine(question, shown)}`)
    .join('\n\n');
}

/** A question whole: what is asked, of whom, since when and how long, and what an answer looks like. */
export function questionText(question: Question, { now, paint = plain, width = Infinity }: Shown): string {
  const { call, edit, form } = question;
  const of = `${kindName(question)} of step ${question.step}, run ${question.run_id}`;
  const body = [
    timesText(question, now),
    ...promptLines(question),
    ...(call === null ? [] : edit === null ? callLines(call) : proposedLines(call.input, bounded)),
    ...whoLines(question),
    ...(form === null || call !== null ? [] : fieldLines(form)),
  ];
  const head = hang(`${paint('bold', question.id)}  `, of, width, INDENT);
  return [head, ...body.flatMap((line) => wrapTo(`${INDENT}${line}`, width, INDENT))].join('\n');
}

function answerLine(question: Question, { paint = plain, width = Infinity }: Shown): string {
  const { run_id: run, id, form, call } = question;
  const hint = answerHint(run, id, { form, isCall: call !== null });
  // A command is copied: it is not broken by us where the terminal does it as well.
  return wrapTo(`${INDENT}answer: ${hint}`, width, INDENT)
    .map((line) => paint('cyan', line))
    .join('\n');
}

const KINDS: Readonly<Record<string, string>> = {
  ask: 'question',
  ask_user: "agent's question",
  approval: 'approval',
  limit: 'limit',
};
const kindName = ({ kind }: Question): string => KINDS[kind] ?? kind;

/** `asked 3 min ago (14:03:07 CET), expires in 12 min (14:18:07 CET)`. */
function timesText({ asked_at: asked, expires_at: end }: Question, now: number): string {
  const since = `asked ${formatAge(now - Date.parse(asked))} ago (${timeText(asked, now)})`;
  if (end === null) return `${since}, waits without end`;
  const left = Date.parse(end) - now;
  return `${since}, expires ${left > 0 ? `in ${formatAge(left)}` : 'now'} (${timeText(end, now)})`;
}

function promptLines({ prompt, preview, call }: Question): string[] {
  const text = typeof prompt === 'string' ? prompt : preview;
  // The preview of a call says again what stands below it.
  return call !== null && text.startsWith(call.name) ? [] : bounded(text);
}

/** The tool with each argument on a line of its own: a yes is a yes to exactly these. */
function callLines({ name, input }: NonNullable<Question['call']>): string[] {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return [`wants to call ${name}: ${JSON.stringify(input)}`];
  }
  const members = Object.entries(input);
  if (members.length === 0) return [`wants to call ${name}, without arguments`];
  return [`wants to call ${name}:`, ...members.flatMap(([member, value]) => argumentLines(member, value))];
}

function argumentLines(name: string, value: unknown): string[] {
  if (typeof value !== 'string') return [`${INDENT}${name}: ${JSON.stringify(value)}`];
  const lines = bounded(value);
  if (lines.length === 1) return [`${INDENT}${name}: ${lines[0] ?? ''}`];
  return [`${INDENT}${name}:`, ...lines.map((line) => `${INDENT}${INDENT}${line}`)];
}

/** What is hidden is said. */
function bounded(text: string): string[] {
  const lines = text.trimEnd().split(/\r?\n/);
  if (lines.length <= MAX_LINES) return lines;
  const hidden = lines.length - MAX_LINES;
  return [
    ...lines.slice(0, MAX_LINES),
    `… ${counted(hidden, 'more line')}: baton questions -o json has them`,
  ];
}

function whoLines({ approvers, needed, answers, not_starter }: Question): string[] {
  const who = approvers.length === 0 ? 'everybody' : approvers.join(', ');
  const but = not_starter ? ' but whoever started the run' : '';
  const given = answers.map(({ by }) => by ?? 'somebody').join(', ');
  const so = answers.length === 0 ? '' : ` (so far ${given})`;
  const count = needed > 1 ? `; ${answers.length} of ${needed} answers${so}` : '';
  return [`may answer: ${who}${but}${count}`];
}

/** A form in one line: `branch (string, required), force (boolean)`. */
export function formText(form: Form | null): string {
  return Object.entries(form?.properties ?? {})
    .map(([name, field]) => `${name} (${factsOf(form, name, field)})`)
    .join(', ');
}

/** The command that answers a question. */
export function answerHint(
  runId: string,
  question: string,
  asked: { readonly form: Form | null; readonly isCall: boolean },
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

/** `name (string, required): what it is for`, a line a field; of an answer that is one value, its choices. */
function fieldLines(form: Form): string[] {
  const fields = Object.entries(form.properties ?? {});
  if (fields.length === 0) return form.enum === undefined ? [] : [`choices: ${kindText(form)}`];
  return fields.map(([name, field]) => {
    const about = field.description ?? field.title;
    return `  ${name} (${factsOf(form, name, field)})${about === undefined ? '' : `: ${about}`}`;
  });
}

function factsOf(form: Form | null, name: string, field: Form): string {
  const required = form?.required?.includes(name) === true ? ', required' : '';
  const normal = field.default === undefined ? '' : `, default ${cutTo(valueText(field.default), 40)}`;
  return `${kindText(field)}${required}${normal}`;
}

/** What a field takes: its choices, or its type. */
export function kindText(field: Form): string {
  if (field.enum !== undefined) return field.enum.map((choice) => valueText(choice)).join(' | ');
  if (field.const !== undefined) return valueText(field.const);
  if (field.items !== undefined) return `list of ${kindText(field.items)}`;
  const { type } = field;
  return Array.isArray(type) ? type.map(String).join(' or ') : typeof type === 'string' ? type : 'any';
}
