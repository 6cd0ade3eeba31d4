/** Asks whoever sits at the terminal for an answer, field by field. */
import { createInterface } from 'node:readline/promises';
import type { Form } from '../../contract/shared/form.ts';
import type { Question } from '../../contract/question.ts';
import type { AnswerWords } from './answer-body.ts';
import { CliError, EXIT } from '../exit.ts';
import { note } from '../terminal/output.ts';
import { terminalText } from '../terminal/style.ts';
import { kindText, questionText } from '../shown/question-text.ts';
import { widthFor } from '../terminal/text-width.ts';

/** True when there is somebody to ask. */
export const hasPerson = (): boolean => process.stdin.isTTY && process.stderr.isTTY;

/** @throws CliError when the terminal is closed instead */
export async function askPerson(question: Question): Promise<AnswerWords> {
  note(questionText(question, { now: Date.now(), width: widthFor(process.stderr) }));
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new AbortController();
  terminal.once('close', () => closed.abort());
  const ask = async (prompt: string): Promise<string> => {
    try {
      return (await terminal.question(terminalText(prompt), { signal: closed.signal })).trim();
    } catch {
      throw new CliError(EXIT.usage, 'no answer was given', { code: 'answer_unclear' });
    }
  };
  try {
    if (question.call !== null) return await askDecision(ask);
    const fields = Object.entries(question.form?.properties ?? {});
    if (fields.length === 0) return { value: await ask('answer: '), fields: {} };
    return { fields: await askFields(fields, question.form?.required ?? [], ask) };
  } finally {
    terminal.close();
  }
}

type Ask = (prompt: string) => Promise<string>;

async function askDecision(ask: Ask): Promise<AnswerWords> {
  for (;;) {
    const word = (await ask('approve, edit or reject? ')).toLowerCase();
    if ('approve'.startsWith(word) && word !== '') return { approve: true, fields: {} };
    if ('reject'.startsWith(word) && word !== '') {
      const reason = await ask('why (goes to the agent): ');
      return { reject: true, fields: {}, ...(reason === '' ? {} : { reason }) };
    }
    if ('edit'.startsWith(word) && word !== '') return { edit: await ask('arguments as JSON: '), fields: {} };
  }
}

/** What is not required may be left empty. */
async function askFields(
  fields: readonly (readonly [string, Form])[],
  required: readonly string[],
  ask: Ask,
): Promise<Record<string, string>> {
  const answers: Record<string, string> = {};
  for (const [name, field] of fields) {
    const isNeeded = required.includes(name);
    const prompt = `${name} (${kindText(field)}${isNeeded ? '' : ', may be empty'}): `;
    let text = await ask(prompt);
    while (text === '' && isNeeded) text = await ask(prompt);
    if (text !== '') answers[name] = text;
  }
  return answers;
}
