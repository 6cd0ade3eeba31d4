/** What a result is like, so that it can be shown as that, and which parts of it are worth a look of their own. Pure. */

export type Form = 'Picture' | 'Changes' | 'Read' | 'Tree' | 'Text';

/** A text that somebody wrote to be read: it has headings, lists, code or tables. */
export function readsAsMarkdown(text: string): boolean {
  return text.length < 500_000 && /^(#{1,6} |[-*] |\d+\. |```|\|.+\|$|> )|\*\*\S|\n\n/m.test(text);
}

/** A patch, as `git diff` and `diff -u` write it. */
function readsAsPatch(text: string): boolean {
  return text.length < 2_000_000 && /^--- .+\n\+\+\+ .+\n@@ -\d/m.test(text);
}

/** The address of a picture that is in the result itself; none from elsewhere is loaded. */
export function pictureOf(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value : undefined;
  return text !== undefined && /^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+$/.test(text)
    ? text
    : undefined;
}

/** The forms that it can be shown in, the most telling first. */
export function formsOf(value: unknown): readonly [Form, ...Form[]] {
  if (pictureOf(value) !== undefined) return ['Picture', 'Text'];
  if (typeof value !== 'string') return ['Tree', 'Text'];
  if (readsAsPatch(value)) return ['Changes', 'Text'];
  return readsAsMarkdown(value) ? ['Read', 'Text'] : ['Text'];
}

/** A part of a result: a text of several lines, or a picture, that stands somewhere in it. */
export interface Part {
  /** `files[0].content` */
  readonly path: string;
  readonly value: string;
}

const MOST_PARTS = 30;
const DEEPEST = 4;

/** In the order in which they stand; the first ones of very many. */
export function partsOf(value: unknown): readonly Part[] {
  const found: Part[] = [];
  gather(value, '', DEEPEST, found);
  return found;
}

function gather(value: unknown, path: string, depth: number, found: Part[]): void {
  if (found.length >= MOST_PARTS) return;
  if (typeof value === 'string') {
    const isWorthIt = pictureOf(value) !== undefined || value.trimEnd().includes('\n');
    if (path !== '' && isWorthIt) found.push({ path, value });
    return;
  }
  if (depth === 0 || typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    const step = Array.isArray(value) ? `[${name}]` : path === '' ? name : `.${name}`;
    gather(member, `${path}${step}`, depth - 1, found);
  }
}
