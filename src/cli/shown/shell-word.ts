/** A word of a command that people are told to type: as it is where every shell takes it so, else in quotes. */
export const shellWord = (text: string): string =>
  /^[\w@%+:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
