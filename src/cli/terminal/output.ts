/** Results go to stdout, as text for people or as JSON for programs; everything else goes to stderr. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Command } from 'commander';
import { Option } from 'commander';
import { fitTable } from './fit-table.ts';
import { terminalText } from './style.ts';
import { writeJson } from '../../plan/exact-json.ts';
import { widthFor } from './text-width.ts';

export type Format = 'text' | 'json';

export interface FormatOption {
  readonly output: Format;
}

/** `-o json`, for every command. */
export function withFormat(command: Command): Command {
  return command.addOption(
    new Option('-o, --output <format>', 'form of the result').choices(['text', 'json']).default('text'),
  );
}

/** Prints `value` as JSON, or what `text` says of it. */
export function print(format: Format, value: unknown, text: () => string): void {
  const shown = format === 'json' ? writeJson(value, 2) : text();
  writeTo(process.stdout, shown.endsWith('\n') ? shown : `${shown}\n`);
}

/** A line beside the result. */
export function note(line: string): void {
  writeTo(process.stderr, `${line}\n`);
}

/** The one way to a screen or pipe: nothing that users or models wrote can act on a terminal. JSON stays the same JSON. */
export function writeTo(stream: NodeJS.WritableStream, text: string): void {
  if (silence.getStore() !== true) stream.write(terminalText(text));
}

const silence = new AsyncLocalStorage<true>();

/** Nothing is written of what `work` has to say. */
export function quietly<T>(work: () => Promise<T>): Promise<T> {
  return silence.run(true, work);
}

/** Also within {@link quietly}. */
export function aloud(work: () => void): void {
  silence.exit(work);
}

/** Columns as wide as their widest cell; on a terminal the last one is wrapped where it does not fit. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width = widthFor(process.stdout),
): string {
  return fitTable(
    head.map((name) => ({ head: name })),
    rows,
    width,
  );
}

/** A run's or step's result on a screen: text as it is, everything else as JSON. */
export function valueText(value: unknown): string {
  return typeof value === 'string' ? value : (writeJson(value, 2) ?? 'null');
}
