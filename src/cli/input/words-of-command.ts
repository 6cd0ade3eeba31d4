/** What of a command line belongs to its command. */

/** From the command's name on: what stands before it are options of the program. @param words what stands behind `baton` */
export function wordsOfCommand(words: readonly string[]): readonly string[] {
  const at = words.findIndex((word, i) => !word.startsWith('-') && words[i - 1] !== '--context');
  return at < 0 ? [] : words.slice(at);
}
