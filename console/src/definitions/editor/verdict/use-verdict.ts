/**
 * What is wrong with a text while it is written: at once from the compiler in a thread of this page, and a moment later
 * from the API.
 */
import { useEffect, useRef, useState } from 'react';
import { api, dataOf } from '../../../api/client.ts';
import { Latest } from '../../latest.ts';
import type { Format } from '../../publish.ts';
import type { Ask } from './judge-worker.ts';
import { merged, type Verdict } from './verdict.ts';

const HERE_MS = 120;
const API_MS = 700;

export function useVerdict(text: string, format: Format): Verdict | undefined {
  const [verdict, setVerdict] = useState<Verdict>();
  const judge = useRef<Latest<Ask, Verdict | null>>(undefined);
  useEffect(() => {
    const own = new Latest<Ask, Verdict | null>(
      () => new Worker(new URL('./judge-worker.ts', import.meta.url), { type: 'module' }),
      (next) => {
        if (next !== null) setVerdict((before) => merged(before, next));
      },
    );
    judge.current = own;
    return () => own.end();
  }, []);
  useEffect(() => {
    const here = setTimeout(() => judge.current?.ask({ text, format }), HERE_MS);
    const stop = new AbortController();
    const there = setTimeout(() => {
      askApi(text, format, stop.signal).then(
        (next) => setVerdict((before) => merged(before, next)),
        // The page's own word stays.
        () => undefined,
      );
    }, API_MS);
    return () => {
      clearTimeout(here);
      clearTimeout(there);
      stop.abort();
    };
  }, [text, format]);
  return verdict;
}

async function askApi(text: string, format: Format, signal: AbortSignal): Promise<Verdict> {
  const { errors, warnings } = await dataOf(
    api.POST('/api/v1/workflows/validate', {
      headers: { 'content-type': `application/${format}` },
      body: text,
      signal,
    }),
  );
  const problem = ({ line = 1, column = 1, code, message, hint, file }: (typeof errors)[number]) => ({
    line: line ?? 1,
    column: column ?? 1,
    code,
    message,
    hint,
    file: file ?? null,
  });
  return { text, by: 'api', errors: errors.map(problem), warnings: warnings.map(problem), outline: null };
}
