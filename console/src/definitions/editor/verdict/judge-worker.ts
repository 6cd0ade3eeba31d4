/** The thread in which texts are compiled, so that nobody waits for it who types. */
import { judge } from './judge.ts';
import type { Format } from '../../publish.ts';

export interface Ask {
  readonly text: string;
  readonly format: Format;
}

addEventListener('message', ({ data: { text, format } }: MessageEvent<Ask>) => {
  try {
    postMessage(judge(text, format));
  } catch {
    // What cannot be compiled here the API compiles; the page waits for its word.
    postMessage(null);
  }
});
