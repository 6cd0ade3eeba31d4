/** What is new to the reader; how far he has seen the conversation is kept for his next visit. */
import { useEffect, useState, useSyncExternalStore } from 'react';
import { see, seenOf } from './seen.ts';
import { opened, unreadAfter, type Unread } from './unread.ts';

/**
 * @param newest `seq` of the newest entry
 * @param isAtEnd the end is in sight, and it is the end of now
 */
export function useUnread(runId: string, newest: number, isAtEnd: boolean): Unread {
  const isVisible = useSyncExternalStore(listen, () => document.visibilityState === 'visible');
  const [unread, setUnread] = useState(() => opened(seenOf(runId), newest));
  const now = unreadAfter(unread, newest, !isVisible ? 'away' : isAtEnd ? 'end' : 'earlier');
  if (now !== unread) setUnread(now);
  const { view } = now;
  useEffect(() => {
    if (view === 'end') see(runId, newest);
  }, [runId, newest, view]);
  return now;
}

function listen(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener);
  return () => document.removeEventListener('visibilitychange', listener);
}
