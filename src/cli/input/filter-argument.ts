/** The words of a filter from the command line: checked here, so that each fault is marked where it stands. */
import { parseRunFilter } from '../../protocol/filter/run-filter.ts';
import { CliError, EXIT } from '../exit.ts';

/** The filter; empty where nobody filters. @throws CliError with every fault below its place */
export function filterArgument(words: readonly string[]): string {
  const text = words.join(' ').trim();
  const { faults } = parseRunFilter(text);
  if (faults.length === 0) return text;
  const marked = faults.flatMap(({ from, to, message, hint }) => [
    `  ${text}`,
    `  ${' '.repeat(from)}${'^'.repeat(Math.max(1, to - from))} ${message}`,
    ...(hint === undefined ? [] : [`  ${hint}`]),
  ]);
  throw new CliError(EXIT.usage, ['the filter cannot be read:', ...marked].join('\n'), {
    code: 'invalid_filter',
    errors: faults.map(({ from, code, message, hint }) => ({
      line: 1,
      column: from + 1,
      code,
      message,
      hint,
    })),
  });
}
