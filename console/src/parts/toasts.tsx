/** Short notices of what came of an action. What shows them is loaded with the first. */
import { Suspense, useSyncExternalStore } from 'react';
import { lazyPart } from '../api/part.ts';

export interface Notice {
  readonly id: number;
  readonly kind: 'done' | 'fault' | 'told';
  readonly title: string;
  readonly text?: string | undefined;
}

const ToastsView = lazyPart(() => import('./toasts-view.tsx'));

let notices: readonly Notice[] = [];
let next = 1;
const listeners = new Set<() => void>();

/** Shows a notice. */
export function tell(kind: Notice['kind'], title: string, text?: string): void {
  change([...notices.slice(-3), { id: next++, kind, title, text }]);
}

function change(to: readonly Notice[]): void {
  notices = to;
  for (const listener of listeners) listener();
}

export function Toasts() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => notices,
  );
  if (next === 1) return null;
  return (
    <Suspense>
      <ToastsView notices={shown} onClose={(id) => change(notices.filter((one) => one.id !== id))} />
    </Suspense>
  );
}
