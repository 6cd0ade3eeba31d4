/** Counts what models say on its way to readers. Nothing of it is changed, held up or kept. */
import type { Streamer } from '../streaming/streamer.ts';
import { metrics } from './metrics.ts';

/** The same streamer, counted. */
export function measuredStreamer(streamer: Streamer): Streamer {
  return {
    begin: (call, masking) => {
      const stream = streamer.begin(call, masking);
      return {
        push: (text) => {
          metrics.streamedPieces.inc();
          metrics.streamedCharacters.inc(text.length);
          stream.push(text);
        },
        end: (message) => stream.end(message),
        interrupt: (partial) => stream.interrupt(partial),
      };
    },
    read: (runId, after) => streamer.read(runId, after),
    watch: (runId, ring) => streamer.watch(runId, ring),
    close: () => streamer.close(),
  };
}
