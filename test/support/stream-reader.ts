/** A reader of `/runs/:id/stream`. */
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { expect } from 'vitest';
import { StreamPiece } from '../../src/contract/stream.ts';
import { afterFile } from './after-file.ts';

export interface StreamReader {
  readonly status: number;
  readonly pieces: readonly (StreamPiece & { readonly id: number })[];
  /** What a reader shows who follows the pieces of the first turn. */
  text(): string;
  readonly ended: Promise<void>;
}

/** Reads from the API at `base`, until the run ends or the test file does. */
export async function followStream(
  base: string,
  id: string,
  query = '',
  headers = {},
): Promise<StreamReader> {
  const url = `${base}/api/v1/runs/${id}/stream${query}`;
  const reader = new AbortController();
  afterFile(() => reader.abort());
  const response = await fetch(url, { headers, signal: reader.signal });
  const pieces: (StreamPiece & { readonly id: number })[] = [];
  const read = async () => {
    if (response.body === null) return;
    const events = response.body
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream());
    for await (const { id: position, event, data } of events) {
      const piece = StreamPiece.strict().parse(JSON.parse(data));
      expect(event).toBe(piece.type);
      pieces.push({ id: Number(position), ...piece });
    }
  };
  const ended = read();
  ended.catch(() => undefined);
  return { status: response.status, pieces, text: () => shown(pieces), ended };
}

/** The text that pieces make. @throws when one is missing or comes twice */
function shown(pieces: readonly StreamPiece[]): string {
  return pieces.reduce((text, { type, content, offset }) => {
    if (type === 'reset') return '';
    expect(offset).toBe(text.length);
    return text + content;
  }, '');
}
