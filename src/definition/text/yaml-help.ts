/** What an author most likely meant where YAML cannot be read, told by the line: with the line as it should be. */

export interface Help {
  /** Instead of the parser's own. */
  readonly message?: string;
  readonly hint: string;
}

/** A field or a list's entry, and what stands in it. */
const ENTRY = /^(\s*(?:- +)*(?:[\w.$-]+|"[^"]*"|'[^']*') *:\s+|\s*(?:- +)+)(.*?)\s*$/;
const SHOWN = 200;
/** Longer lines are not looked at as a whole. */
const MAX_LINE = 1_000;

/** Help for a fault at `offset`; undefined when nothing can be told. */
export function yamlHelp(text: string, offset: number, fault: string): Help | undefined {
  const line = lineAt(text, offset);
  const [, before = '', value = ''] = ENTRY.exec(line) ?? [];
  const braces = bracesHelp(line, before, value);
  if (braces !== undefined) return braces;
  return byFault(fault, text, line) ?? byValue(before, value, line, fault);
}

/** The line of an offset, of an endless one a part. */
function lineAt(text: string, offset: number): string {
  const from = Math.max(0, offset - MAX_LINE);
  const start = text.slice(from, offset).lastIndexOf('\n') + 1 + from;
  return (
    text
      .slice(start, start + MAX_LINE)
      .split('\n', 1)[0]
      ?.replace(/\r$/, '') ?? ''
  );
}

/** `{{ x }}` without quotes is a map in a map to YAML. */
function bracesHelp(line: string, before: string, value: string): Help | undefined {
  const message = 'Braces that stand in no quotes are a map to YAML.';
  if (value.startsWith('{{')) return { message, hint: write(before + quoted(value)) };
  if (value !== '' && !/^[[{]/.test(value)) return undefined;
  const mended = withQuotedBraces(line);
  return mended === line ? undefined : { message, hint: write(mended) };
}

/** The line with every `{{ }}` that stands alone between brackets and commas in quotes. */
function withQuotedBraces(line: string): string {
  const strings = /"(?:\\.|[^"\\])*"|'[^']*'/g;
  const bare = line.replaceAll(strings, (string) => '_'.repeat(string.length));
  let mended = '';
  let at = 0;
  for (const match of bare.matchAll(/(?<=[[,:{]\s*)\{\{[^{}]*\}\}/g)) {
    const end = match.index + match[0].length;
    mended += line.slice(at, match.index) + quoted(line.slice(match.index, end));
    at = end;
  }
  return mended + line.slice(at);
}

function byFault(fault: string, text: string, line: string): Help | undefined {
  if (fault.includes('Tabs are not allowed')) return { hint: 'Write spaces instead of the tab.' };
  if (fault.includes('Invalid escape sequence'))
    return { hint: "Write single quotes ('…'), which keep a backslash as it is, or two backslashes." };
  if (fault.includes('Missing closing')) return unclosedHelp(fault, text);
  if (fault.startsWith('Not a YAML token') && /[|>][-+\d]*\s+[^\s#]/.test(line))
    return { hint: 'The text of a block begins on the line below "|" or ">".' };
  if (/^\s*[\w-]+:[^\s:/]/.test(line) && !/^\s*[\w-]+:\s/.test(line))
    return { message: 'There is no space after the colon.', hint: write(line.replace(':', ': ')) };
  if (/Implicit (?:map )?keys need/.test(fault) && !/:(?:\s|$)/.test(line)) {
    return {
      message: 'This line is no "field: value".',
      hint: 'Indent it further than the field above if it belongs to its text.',
    };
  }
  if (fault.includes('without - indicator') || fault.includes('must start at the same column'))
    return { hint: 'Fields of one map begin at the same column: indent this line as the one above.' };
  return undefined;
}

function unclosedHelp(fault: string, text: string): Help {
  const quote = fault.includes("'") ? "'" : '"';
  const line = text.slice(0, text.lastIndexOf(quote)).split('\n').length;
  return { hint: `The quote that opens in line ${line} is not closed.` };
}

/** What a text may not begin with, or hold, without quotes. */
function byValue(before: string, value: string, line: string, fault: string): Help | undefined {
  if (before === '' || value === '') return undefined;
  const mended = write(before + quoted(value));
  const [first] = value;
  if (first === "'" || first === '"') {
    const inner = value.endsWith(first) && value.length > 1 ? value.slice(1, -1) : null;
    const message = 'The text goes on behind its closing quote.';
    return {
      message,
      hint: write(
        before +
          quoted(inner !== null && inner.includes(first) && !inner.includes(` ${first}`) ? inner : value),
      ),
    };
  }
  if (/^[@`%&*!|>?-]/.test(value))
    return { message: `A text that begins with "${first}" needs quotes.`, hint: mended };
  if (/:(?:\s|$)/.test(value)) return { message: 'A text with ": " in it needs quotes.', hint: mended };
  if (fault.startsWith('Nested mappings') && !value.includes(':'))
    return {
      hint: `The line below "${line.trim().slice(0, 60)}" is indented too far: fields of one map begin at the same column.`,
    };
  return undefined;
}

/** In the quotes that need least to be changed. */
export function quoted(value: string): string {
  if (!value.includes("'")) return `'${value}'`;
  return /["\\]/.test(value) ? `'${value.replaceAll("'", "''")}'` : `"${value}"`;
}

const write = (line: string): string => {
  const shown = line.trim();
  return `Write ${shown.length > SHOWN ? `${shown.slice(0, SHOWN)}…` : shown}`;
};
