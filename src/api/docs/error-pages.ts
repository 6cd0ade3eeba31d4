/**
 * What `docs/errors.md` says, as pages: the whole, and one for each code. Read once; the build puts the file beside the
 * programs.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Marked, type Token, type Tokens } from 'marked';
import { IS_BUILT, ROOT } from '../../places.ts';

/** A page in the forms in which it is answered. */
export interface Page {
  readonly markdown: string;
  readonly html: string;
}

interface ErrorPages {
  readonly all: Page;
  readonly byCode: ReadonlyMap<string, Page>;
}

const FILE = join(ROOT, IS_BUILT ? 'dist' : '.', 'docs', 'errors.md');
/** A code's row begins with its anchor. */
const ANCHOR = /^<a id="(\w+)"><\/a>/;

let pages: ErrorPages | undefined;

/** Never changes while the process runs. @throws the error of reading the file, in a copy that was not built whole */
export function errorPages(): ErrorPages {
  pages ??= pagesOf(readFileSync(FILE, 'utf8'));
  return pages;
}

/** Only the list of codes is served: links to other documents are shown as their text. */
const marked = new Marked({
  renderer: {
    link({ href, tokens }) {
      const text = this.parser.parseInline(tokens);
      return /^(#|\/|https?:)/.test(href) ? `<a href="${href}">${text}</a>` : text;
    },
  },
});

/** The pages that a text in the form of `docs/errors.md` makes. */
export function pagesOf(text: string): ErrorPages {
  const tables = marked.lexer(text).filter(isTable);
  const byCode = tables.flatMap(({ header, rows }) =>
    rows.flatMap((row) => {
      const code = ANCHOR.exec(row[0]?.text ?? '')?.[1];
      return code === undefined ? [] : [[code, pageOf(code, markdownOf(code, header, row))] as const];
    }),
  );
  return { all: pageOf('Errors of the API', text), byCode: new Map(byCode) };
}

function isTable(token: Token): token is Tokens.Table {
  return token.type === 'table';
}

function markdownOf(
  code: string,
  header: readonly Tokens.TableCell[],
  row: readonly Tokens.TableCell[],
): string {
  const said = row.slice(1).map(({ text }, i) => `**${capitalized(header[i + 1]?.text ?? '')}:** ${text}`);
  return [`# ${code}`, ...said, '[All errors](/docs/errors)'].join('\n\n') + '\n';
}

function pageOf(title: string, markdown: string): Page {
  const body = marked.parse(markdown, { async: false });
  return { markdown, html: `${HEAD}<title>${title} – Baton</title>\n${body}` };
}

const HEAD = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse } td, th { text-align: left; vertical-align: top; padding: .3rem .6rem; border: 1px solid #ccc }
code { background: #f4f4f4; color: #111 } pre { overflow: auto }
</style>
`;

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
