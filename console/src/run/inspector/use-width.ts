/** The width of the inspector, drawn by its edge or set by arrow keys, and kept in this browser. */
import { useState, type HTMLAttributes, type KeyboardEvent, type PointerEvent } from 'react';

const KEY = 'baton.inspector';
const LEAST = 320;
const MOST = 960;
const STEP = 24;

export function useWidth(): { readonly width: number; readonly grip: HTMLAttributes<HTMLDivElement> } {
  const [width, setWidth] = useState(stored);
  const take = (to: number) => {
    const next = within(to);
    setWidth(next);
    try {
      localStorage.setItem(KEY, String(next));
    } catch {
      // No storage: it holds for this page.
    }
  };
  const grip: HTMLAttributes<HTMLDivElement> = {
    role: 'separator',
    tabIndex: 0,
    'aria-label': 'Width of the step',
    'aria-orientation': 'vertical',
    'aria-valuenow': width,
    'aria-valuemin': LEAST,
    'aria-valuemax': MOST,
    onKeyDown: (event: KeyboardEvent) => {
      const by = { ArrowLeft: STEP, ArrowRight: -STEP }[event.key];
      if (by === undefined) return;
      event.preventDefault();
      take(width + by);
    },
    onPointerDown: (event: PointerEvent<HTMLDivElement>) =>
      event.currentTarget.setPointerCapture(event.pointerId),
    onPointerMove: (event: PointerEvent<HTMLDivElement>) => {
      if (event.currentTarget.hasPointerCapture(event.pointerId)) take(innerWidth - event.clientX);
    },
  };
  return { width, grip };
}

function stored(): number {
  try {
    return within(Number(localStorage.getItem(KEY) ?? 440));
  } catch {
    return 440;
  }
}

function within(width: number): number {
  return Number.isFinite(width) ? Math.min(MOST, Math.max(LEAST, Math.round(width))) : 440;
}
