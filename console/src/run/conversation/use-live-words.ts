/** What agents say at the moment, piece by piece: one state for each turn that is under way, written once a frame. */
import { useEffect, useState } from 'react';
import { followWords, type LivePiece } from '../../api/live.ts';

export interface LiveWords {
  readonly key: string;
  readonly step: string;
  readonly attempt: number;
  readonly turn: number;
  readonly text: string;
}

type ByTurn = ReadonlyMap<string, LiveWords>;

export function useLiveWords(runId: string): readonly LiveWords[] {
  const [words, setWords] = useState<ByTurn>(new Map());
  useEffect(() => {
    let waiting: LivePiece[] = [];
    let frame = 0;
    const show = () => {
      const pieces = waiting;
      waiting = [];
      frame = 0;
      setWords((before) => pieces.reduce(withPiece, before));
    };
    const stop = followWords(runId, (piece) => {
      waiting.push(piece);
      if (frame === 0) frame = requestAnimationFrame(show);
    });
    return () => {
      stop();
      cancelAnimationFrame(frame);
      setWords(new Map());
    };
  }, [runId]);
  return [...words.values()];
}

/** A piece says where it begins: one that came twice, or late, puts the text right. */
export function withPiece(words: ByTurn, { type, content, step, attempt, turn, offset }: LivePiece): ByTurn {
  const key = `${step} ${attempt} ${turn}`;
  const next = new Map(words);
  if (type === 'end' || type === 'reset') next.delete(key);
  else
    next.set(key, {
      key,
      step,
      attempt,
      turn,
      text: `${(words.get(key)?.text ?? '').slice(0, offset)}${content}`,
    });
  return next;
}
