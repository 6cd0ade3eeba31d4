/** Texts and durations on the command line. Whatever cannot be sent is refused here, with what to do about it. */
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { messageOf } from '../../errors/errors.ts';
import { parseDuration } from '../../plan/duration.ts';
import { MAX_MESSAGE_CHARS } from '../../protocol/signals.ts';
import { CliError, EXIT } from '../exit.ts';

/**
 * The text itself; of `-` what stdin says, of `@file` the file's text, both without the line break at their end. `@@`
 * stands for a leading `@`.
 *
 * @throws CliError for what cannot be read, is no text or is too long
 */
export function textArgument(argument: string, name: string, most = MAX_MESSAGE_CHARS): string {
  const text = readArgument(argument, name);
  if (text.length <= most) return text;
  const message =
    `${name} has ${text.length} characters; at most ${most} can be sent. ` +
    'Send it in parts, or say where it is to be read.';
  throw new CliError(EXIT.usage, message, { code: 'message_too_large' });
}

function readArgument(argument: string, name: string): string {
  if (argument.startsWith('@@')) return argument.slice(1);
  if (argument === '-') return fileText(0, `${name} (stdin)`);
  return argument.startsWith('@') ? fileText(argument.slice(1), argument.slice(1)) : argument;
}

function fileText(file: string | 0, name: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const hint = file === 0 ? '' : ' (write @@ for a text that begins with @)';
    throw new CliError(EXIT.usage, `cannot read ${name}: ${messageOf(error)}${hint}`);
  }
  if (isUtf8(bytes) && !bytes.includes(0)) return bytes.toString('utf8').replace(/\r?\n$/, '');
  throw new CliError(EXIT.usage, `${name} is no text in UTF-8: it cannot be sent`, { code: 'invalid_text' });
}

/** The duration as the API takes it. @throws CliError for what is none */
export function durationArgument(text: string, option: string): string | number {
  if (text.trim() === '0') return 0;
  if (parseDuration(text) !== null) return text;
  throw new CliError(EXIT.usage, `${option} ${text}: write a duration such as 30m or 1h30m`);
}

/** A number within its bounds, both included. @throws CliError `option_unclear` */
export function wholeNumber(text: string, option: string, least: number, most = Infinity): number {
  const number = Number(text);
  if (/^\d+$/.test(text.trim()) && number >= least && number <= most) return number;
  const upTo = most === Infinity ? ' on' : ` to ${most}`;
  const message = `${option} ${text}: must be a whole number from ${least}${upTo}`;
  throw new CliError(EXIT.usage, message, { code: 'option_unclear' });
}
