/** Edits of a plan that a step proposes, whole: a yes is a yes to exactly these. */
import { valueText } from '../terminal/output.ts';

const INDENT = '  ';

/** @param lines a text that may be long, cut where it is said */
export function proposedLines(input: unknown, lines: (text: string) => readonly string[]): string[] {
  const edits = (input as { readonly edits?: unknown } | null)?.edits;
  if (!Array.isArray(edits)) return [`edits: ${JSON.stringify(input)}`];
  return (edits as readonly Readonly<Record<string, unknown>>[]).flatMap((edit) => editLines(edit, lines));
}

function editLines(
  { op, step, after, before, rewire }: Readonly<Record<string, unknown>>,
  lines: (text: string) => readonly string[],
): string[] {
  const members: [string, unknown][] = typeof step === 'object' && step !== null ? Object.entries(step) : [];
  const key = members.find(([name]) => name === 'key')?.[1] ?? step;
  const where = [placeText('after', after), placeText('before', before), rewire === true ? ' (rewire)' : ''];
  const told = members.filter(([name]) => name !== 'key');
  return [
    `${String(op)} ${valueText(key)}${where.join('')}`,
    ...told.flatMap(([name, value]) => memberLines(name, lines(valueText(value)))),
  ];
}

function placeText(word: string, keys: unknown): string {
  if (keys === undefined) return '';
  return ` ${word} ${Array.isArray(keys) ? keys.join(', ') : valueText(keys)}`;
}

function memberLines(name: string, lines: readonly string[]): string[] {
  const [only, ...more] = lines;
  if (more.length === 0) return [`${INDENT}${name}: ${only ?? ''}`];
  return [`${INDENT}${name}:`, ...lines.map((line) => `${INDENT}${INDENT}${line}`)];
}
