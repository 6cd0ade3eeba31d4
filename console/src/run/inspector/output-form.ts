/** What a result is like, so that it can be shown as that. Pure. */

/** A text that somebody wrote to be read: it has headings, lists, code or tables. */
export function readsAsMarkdown(text: string): boolean {
  return text.length < 500_000 && /^(#{1,6} |[-*] |\d+\. |```|\|.+\|$|> )|\*\*\S|\n\n/m.test(text);
}

/** The address of a picture that is in the result itself; none from elsewhere is loaded. */
export function pictureOf(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value : undefined;
  return text !== undefined && /^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+$/.test(text)
    ? text
    : undefined;
}
