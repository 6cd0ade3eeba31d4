/**
 * The documentation as data: its fenced blocks and its inline code, each with the place it stands at.
 *
 * Every block names its language; marks that follow it say how it is judged (`blocks.test.ts`).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface Place {
  /** Below the checkout: `docs/api.md`. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** `line` is that of the opening fence. */
export interface Block extends Place {
  readonly language: string;
  /** What follows the language. */
  readonly marks: readonly string[];
  readonly text: string;
}

/** A span of inline code. */
interface Span extends Place {
  readonly text: string;
}

export interface Document {
  readonly file: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly spans: readonly Span[];
}

/** README.md and docs/*.md. */
export const DOCUMENTS: readonly Document[] = [
  'README.md',
  ...readdirSync(`${ROOT}docs`)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
].map(read);

export const BLOCKS = DOCUMENTS.flatMap(({ blocks }) => blocks);
export const SPANS = DOCUMENTS.flatMap(({ spans }) => spans);
export const documentOf = (file: string): Document => {
  const found = DOCUMENTS.find((document) => document.file === file);
  if (found === undefined) throw new Error(`there is no ${file}`);
  return found;
};

export const placeText = ({ file, line }: Place): string => `${file}:${line}`;

function read(file: string): Document {
  const text = readFileSync(`${ROOT}${file}`, 'utf8');
  const blocks: Block[] = [];
  const spans: Span[] = [];
  let open: (Omit<Block, 'text'> & { readonly lines: string[] }) | undefined;
  for (const [i, content] of text.split('\n').entries()) {
    const fence = /^ *```(.*)$/.exec(content);
    if (open !== undefined && fence !== null) {
      const { lines, ...block } = open;
      blocks.push({ ...block, text: `${lines.join('\n')}\n` });
      open = undefined;
    } else if (open !== undefined) open.lines.push(content);
    else if (fence !== null) {
      const [language = '', ...marks] = (fence[1] ?? '').trim().split(/\s+/);
      open = { file, line: i + 1, language, marks, lines: [] };
    } else
      for (const [, span = ''] of content.matchAll(/`([^`]+)`/g))
        spans.push({ file, line: i + 1, text: span });
  }
  return { file, text, blocks, spans };
}
