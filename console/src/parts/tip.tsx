/**
 * A tooltip: a few words on what is under the pointer or has the focus. It comes after a moment under the pointer, at once with the
 * keyboard, and not at all under a finger. What shows it is loaded with the first.
 */
import {
  cloneElement,
  Suspense,
  useEffect,
  useId,
  useRef,
  useState,
  type HTMLAttributes,
  type ReactElement,
  type ReactNode,
} from 'react';
import { lazyPart } from '../api/part.ts';

const TipView = lazyPart(() => import('./tip-view.tsx'));
const DELAY_MS = 350;

interface TipProps {
  readonly text: ReactNode;
  readonly shortcut?: string | undefined;
  /** One element that can have the focus. */
  readonly children: ReactElement<HTMLAttributes<HTMLElement>>;
}

export function Tip({ text, shortcut, children }: TipProps) {
  const { anchor, show, close } = useAnchor();
  const id = useId();
  const own = children.props;
  return (
    <>
      {cloneElement(children, {
        ...(anchor !== undefined && { 'aria-describedby': id }),
        onPointerEnter: (event) => {
          own.onPointerEnter?.(event);
          if (event.pointerType !== 'touch') show(event.currentTarget, DELAY_MS);
        },
        onPointerLeave: (event) => {
          own.onPointerLeave?.(event);
          close();
        },
        onPointerDown: (event) => {
          own.onPointerDown?.(event);
          close();
        },
        onFocus: (event) => {
          own.onFocus?.(event);
          if (event.currentTarget.matches(':focus-visible')) show(event.currentTarget, 0);
        },
        onBlur: (event) => {
          own.onBlur?.(event);
          close();
        },
      })}
      {anchor !== undefined && (
        <Suspense>
          <TipView anchor={anchor} id={id} text={text} shortcut={shortcut} onClose={close} />
        </Suspense>
      )}
    </>
  );
}

/** Where the tooltip is shown; undefined: it is not. */
function useAnchor() {
  const [anchor, setAnchor] = useState<HTMLElement>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const show = (element: HTMLElement, delay: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setAnchor(element), delay);
  };
  const close = () => {
    clearTimeout(timer.current);
    setAnchor(undefined);
  };
  return { anchor, show, close };
}
