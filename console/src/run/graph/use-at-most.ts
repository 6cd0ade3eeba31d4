/** A value that changes very often, taken over at most so often: for what is dear to draw. */
import { useEffect, useRef, useState } from 'react';

/** @param everyMs 0: at once */
export function useAtMost<T>(value: T, everyMs: number): T {
  const [taken, setTaken] = useState(value);
  const last = useRef(0);
  useEffect(() => {
    if (everyMs === 0) return;
    const take = () => {
      last.current = Date.now();
      setTaken(() => value);
    };
    const timer = setTimeout(take, Math.max(0, last.current + everyMs - Date.now()));
    return () => clearTimeout(timer);
  }, [value, everyMs]);
  return everyMs === 0 ? value : taken;
}
