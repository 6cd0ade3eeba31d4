/** How a draft would go, played in a thread of this page whenever the draft or what its steps answer changes. */
import { useEffect, useRef, useState } from 'react';
import type { Played, Rehearsal } from '../../../../src/rehearsal/index.ts';
import { Latest } from '../latest.ts';
import type { Format } from '../publish.ts';
import type { Recorded, TrialAnswer, TrialAsk } from './played-draft.ts';
import type { Recording } from '../../../../src/recording/index.ts';

const WAIT_MS = 200;

const makeThread = () => new Worker(new URL('./trial-worker.ts', import.meta.url), { type: 'module' });

/** @returns undefined: not yet; null: the draft has errors */
export function useTrial(text: string, format: Format, mocks: Recording): Played | null | undefined {
  const [played, setPlayed] = useState<Played | null>();
  const said = JSON.stringify(mocks);
  usePlaying((answer) => 'played' in answer && setPlayed(answer.played), { text, format, mocks }, said);
  return played;
}

/** @returns undefined: not yet, or there are no runs; null: the draft has errors */
export function useRehearsals(
  text: string,
  format: Format,
  runs: readonly Recorded[],
): readonly Rehearsal[] | null | undefined {
  const [rehearsals, setRehearsals] = useState<readonly Rehearsal[] | null>();
  const said = runs.map(({ recording }) => recording.run).join(' ');
  usePlaying(
    (answer) => 'rehearsals' in answer && setRehearsals(answer.rehearsals),
    { text, format, runs },
    said,
  );
  return rehearsals;
}

/** @param said differs where what is asked differs, the text apart */
function usePlaying(told: (answer: TrialAnswer) => void, ask: TrialAsk, said: string): void {
  const thread = useRef<Latest<TrialAsk, TrialAnswer>>(undefined);
  const current = useRef({ told, ask });
  useEffect(() => {
    current.current = { told, ask };
  });
  useEffect(() => {
    const own = new Latest<TrialAsk, TrialAnswer>(makeThread, (answer) => current.current.told(answer));
    thread.current = own;
    return () => own.end();
  }, []);
  useEffect(() => {
    const timer = setTimeout(() => thread.current?.ask(current.current.ask), WAIT_MS);
    return () => clearTimeout(timer);
  }, [ask.text, ask.format, said]);
}
