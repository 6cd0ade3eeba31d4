/** The activity of the hand-written side: as little work as that of the interpreter's side. */
export async function work(input: {
  readonly key: string;
  readonly values: readonly string[];
}): Promise<string> {
  return `${input.key} done`;
}
