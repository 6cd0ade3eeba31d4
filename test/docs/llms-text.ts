/** `llms.txt` as it has to be: made of the documents, so that it says nothing that they do not. */
import { DOCUMENTS, documentOf, type Document } from './documents.ts';

/** Those that one begins with, in their order; all others follow by name. */
const FIRST = ['getting-started', 'definitions', 'conversation', 'api', 'client', 'cli', 'mcp', 'errors'];

export function llmsText(): string {
  const docs = DOCUMENTS.filter(({ file }) => file.startsWith('docs/'));
  const place = ({ file }: Document) => {
    const at = FIRST.findIndex((name) => file === `docs/${name}.md`);
    return at < 0 ? FIRST.length : at;
  };
  const lines = docs
    .toSorted((a, b) => place(a) - place(b) || (a.file < b.file ? -1 : 1))
    .map((document) => `- [${titleOf(document)}](${document.file}): ${firstSentence(document)}`);
  return [
    '# Baton',
    `> ${firstSentence(documentOf('README.md'))}`,
    'The API describes itself at `/api/v1/openapi.json`, and speaks MCP at `/mcp`. All documents in one: `/llms-full.txt`.',
    '## Documents',
    lines.join('\n'),
  ]
    .join('\n\n')
    .concat('\n');
}

function titleOf({ text }: Document): string {
  return /^# (.*)$/m.exec(text)?.[1] ?? '';
}

/** Of the first paragraph, on one line, with links as their words. */
function firstSentence({ text }: Document): string {
  const paragraphs = text.replaceAll(/^```.*?^```$/gms, '').split(/\n\s*\n/);
  const first = paragraphs.find((one) => /^[A-Z`*]/.test(one.trim())) ?? '';
  const plain = first
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return /^.*?\.(?= |$)/.exec(plain)?.[0] ?? plain.replace(/:$/, '.');
}
