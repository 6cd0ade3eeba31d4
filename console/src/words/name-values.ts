/** `gpu=a100, zone=b` and lists of words, as people type them. Pure. */

/** The words of a list, however they are parted. */
export function wordsIn(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}

/** The names with their values; or what is wrong, in words. */
export function nameValuesIn(text: string): Readonly<Record<string, string>> | string {
  const pairs: [string, string][] = [];
  for (const part of text.split(/[,\n]/).map((one) => one.trim())) {
    if (part === '') continue;
    const at = part.indexOf('=');
    if (at < 1) return `“${part}” has no name or no value: write gpu=a100.`;
    pairs.push([part.slice(0, at).trim(), part.slice(at + 1).trim()]);
  }
  return Object.fromEntries(pairs);
}

export function nameValuesText(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}
