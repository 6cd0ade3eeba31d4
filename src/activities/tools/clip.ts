/** How much a tool tells the model: texts above {@link MAX_REPLY_BYTES} are cut, and say so. */

/** Most bytes of one reply. */
export const MAX_REPLY_BYTES = 64 * 1024;

/** The beginning of a text, at most `maxBytes` of UTF-8 long and never half a character. */
export function headOf(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  let end = maxBytes;
  while (end > 0 && isContinuation(bytes[end])) end--;
  return bytes.subarray(0, end).toString('utf8');
}

/** The end of a text, likewise. */
export function tailOf(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  let start = bytes.length - maxBytes;
  while (start < bytes.length && isContinuation(bytes[start])) start++;
  return bytes.subarray(start).toString('utf8');
}

/** Cuts the end off, and says how much is missing and how to get at it. */
export function clipEnd(text: string, remedy: string, maxBytes = MAX_REPLY_BYTES): string {
  const head = headOf(text, maxBytes);
  if (head === text) return text;
  return `${head}\n[cut: ${Buffer.byteLength(text) - Buffer.byteLength(head)} more bytes. ${remedy}]`;
}

/** Cuts the middle out: of a program's output the beginning and, more so, the end tell what happened. */
export function clipMiddle(text: string, maxBytes = MAX_REPLY_BYTES): string {
  const total = Buffer.byteLength(text);
  if (total <= maxBytes) return text;
  const head = headOf(text, Math.floor(maxBytes / 4));
  const tail = tailOf(text, maxBytes - Math.floor(maxBytes / 4));
  const missing = total - Buffer.byteLength(head) - Buffer.byteLength(tail);
  return `${head}\n[cut: ${missing} bytes]\n${tail}`;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
