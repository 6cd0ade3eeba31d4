/** The lines of a file that is gzip of JSON Lines, one after the other: never more of it in memory than one line. */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

/** A value of 64 MB with every character escaped; a text can hardly be longer. */
const MAX_LINE_CHARS = 400 * 1024 * 1024;

/**
 * Splits at line feeds only: texts may hold every other separator that Unicode knows.
 *
 * @param most characters of a line: a file that grows without end when it is unpacked is given up
 * @throws Error with the reason, for what is no gzip, is cut, or has a line that nothing could have
 */
export async function* linesOf(file: string, most = MAX_LINE_CHARS): AsyncGenerator<string> {
  const source = createReadStream(file);
  const text = source.pipe(createGunzip()).setEncoding('utf8');
  source.once('error', (error) => text.destroy(error));
  let parts: string[] = [];
  let length = 0;
  try {
    for await (const chunk of text as AsyncIterable<string>) {
      const [first = '', ...more] = chunk.split('\n');
      parts.push(first);
      length = more.length === 0 ? length + first.length : (more.at(-1) ?? '').length;
      if (length > most) throw new Error(`a line has more than ${most} characters`);
      for (const next of more) {
        yield parts.join('');
        parts = [next];
      }
    }
  } finally {
    source.destroy();
  }
  if (parts.join('') !== '') throw new Error('its last line is cut');
}
