/** Scalars that YAML reads otherwise than their authors mostly mean. */
import type { Scalar } from 'yaml';
import { quoted } from './yaml-help.ts';

interface Doubt {
  readonly code: 'comment_in_text' | 'escape_in_text';
  readonly message: string;
  readonly hint: string;
}

/** What may be wrong about a scalar, or null. */
export function doubtOf(node: Scalar, text: string): Doubt | null {
  const [start, end] = node.range ?? [0, 0];
  if (node.type === 'PLAIN') return commentDoubt(text, start, end);
  return node.type === 'QUOTE_DOUBLE' ? escapeDoubt(text.slice(start, end)) : null;
}

/** `fix #12`: a comment that is meant as one has a space behind its #. */
function commentDoubt(text: string, start: number, end: number): Doubt | null {
  if (start === end) return null;
  const after = text.slice(end, end + 200);
  const comment = /^[ \t]+#(?=[^\s#!-])[^\r\n]*/.exec(after)?.[0];
  if (comment === undefined) return null;
  const whole = (text.slice(start, end) + comment).trimEnd();
  const message = `What follows "#" is a comment to YAML: the text ends with ${JSON.stringify(text.slice(start, end).slice(-40))}.`;
  const hint = `Write ${quoted(whole).slice(0, 200)}, or a space after the # of a comment.`;
  return { code: 'comment_in_text', message, hint };
}

/** `"\bword"` begins with a backspace. */
function escapeDoubt(written: string): Doubt | null {
  const found = /(?<!\\)(?:\\\\)*(\\[abvfe0])/.exec(written)?.[1];
  if (found === undefined) return null;
  const message = `"${found}" in double quotes is a control character to YAML.`;
  return { code: 'escape_in_text', message, hint: "Write single quotes ('…'), or two backslashes." };
}
