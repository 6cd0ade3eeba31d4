/** Whether the window is as narrow as a phone's, and again when it is turned or drawn: Tailwind's `md` begins where this ends. */
import { useSyncExternalStore } from 'react';

const PHONE = '(width < 48rem)';

export function useIsPhone(): boolean {
  return useSyncExternalStore(
    (listener) => {
      const query = matchMedia(PHONE);
      query.addEventListener('change', listener);
      return () => query.removeEventListener('change', listener);
    },
    () => matchMedia(PHONE).matches,
  );
}
