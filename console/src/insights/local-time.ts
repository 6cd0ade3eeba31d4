/** Times as they are typed into a field, in the zone of the reader, and the moments they stand for. Pure. */

/** `2026-11-28T14:03`, as `<input type="datetime-local">` has it. */
export function localText(at: string, zone: string): string {
  return new Date(at).toLocaleString('sv-SE', { timeZone: zone }).slice(0, 16).replace(' ', 'T');
}

/** The moment; undefined: the text is no time. An hour that a change of clocks leaves out is the one after it. */
export function momentOf(text: string, zone: string): string | undefined {
  const asUtc = Date.parse(`${text}Z`);
  if (Number.isNaN(asUtc)) return undefined;
  // The offset of the zone depends on the moment: the second look is at one next to it.
  const first = asUtc - offsetMs(asUtc, zone);
  return new Date(asUtc - offsetMs(first, zone)).toISOString();
}

function offsetMs(at: number, zone: string): number {
  return Date.parse(`${localText(new Date(at).toISOString(), zone)}Z`) - Math.floor(at / 60_000) * 60_000;
}
