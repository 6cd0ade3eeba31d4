/** Who waits for people, over all runs: the number in the tab's title and icon, and a notification for those who want it. */
import { useEffect, useRef } from 'react';
import { useQuery } from '@tanstack/react-query';
import { openQuestionsQuery } from '../api/queries.ts';
import type { Question } from '../api/generated.ts';
import { usePreferences } from './preferences.ts';

/** How many questions are open; undefined while nobody knows. */
export function useAttention(): number | undefined {
  const { data } = useQuery(openQuestionsQuery());
  const { notifications } = usePreferences();
  const known = useRef<ReadonlySet<string> | undefined>(undefined);
  const questions = data?.items;

  useEffect(() => {
    if (questions === undefined) return;
    markIcon(questions.length > 0);
    const fresh = questions.filter((one) => known.current?.has(nameOf(one)) === false);
    known.current = new Set(questions.map(nameOf));
    // Who has the run before him needs no notification.
    if (notifications) for (const one of fresh) if (!isShown(one)) notify(one);
  }, [questions, notifications]);
  return questions?.length;
}

/** `(2) Runs · Baton`. */
export function useTitle(page: string): void {
  const { data } = useQuery(openQuestionsQuery());
  const count = data?.items.length ?? 0;
  useEffect(() => {
    document.title = `${count > 0 ? `(${count}) ` : ''}${page} · Baton`;
  }, [page, count]);
}

function nameOf({ run_id: run, id }: Question): string {
  return `${run} ${id}`;
}

function isShown({ run_id: run }: Question): boolean {
  return (
    document.visibilityState === 'visible' && location.pathname.startsWith(`/runs/${encodeURIComponent(run)}`)
  );
}

function notify(question: Question): void {
  if (!('Notification' in globalThis) || Notification.permission !== 'granted') return;
  const { run_id: run, preview, workflow } = question;
  const notice = new Notification(`${workflow} needs you`, { body: preview, tag: nameOf(question) });
  notice.addEventListener('click', () => {
    focus();
    location.assign(`/inbox?question=${encodeURIComponent(question.id)}&run=${encodeURIComponent(run)}`);
  });
}

function markIcon(isMarked: boolean): void {
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (icon !== null) icon.href = isMarked ? '/favicon-marked.svg' : '/favicon.svg';
}
