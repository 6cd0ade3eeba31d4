/** What the driver tells whoever runs it: a line a fact, with the seconds since the start. */

const began = performance.now();

export function say(line: string): void {
  const seconds = ((performance.now() - began) / 1000).toFixed(1).padStart(6);
  process.stdout.write(`${seconds} s  ${line}\n`);
}

/** @throws Error with the message when the condition does not hold */
export function demand(condition: unknown, message: string): asserts condition {
  if (condition === false || condition === undefined || condition === null) throw new Error(message);
}
