/** A menu behind a button. What shows it is loaded when somebody comes near the button, and takes its place with the first click. */
import {
  cloneElement,
  Suspense,
  useState,
  type ComponentProps,
  type ReactElement,
  type ReactNode,
} from 'react';
import { lazyPart } from '../api/part.ts';

export interface MenuEntry {
  readonly label: string;
  readonly icon?: ReactNode;
  readonly shortcut?: string | undefined;
  readonly why?: string | undefined;
  readonly danger?: boolean;
  readonly act: () => void;
}

export interface MenuProps {
  /** The button. */
  readonly trigger: ReactElement<ComponentProps<'button'>>;
  /** Groups, a line between them. */
  readonly groups: readonly (readonly MenuEntry[])[];
}

const MenuView = lazyPart(() => import('./menu-view.tsx'));
const load = () => void MenuView.load();

export function Menu(props: MenuProps) {
  const [isAsked, setAsked] = useState(false);
  const closed = cloneElement(props.trigger, {
    'aria-haspopup': 'menu',
    'aria-expanded': isAsked,
    onPointerEnter: load,
    onFocus: load,
    onClick: () => setAsked(true),
  });
  if (!isAsked) return closed;
  return (
    <Suspense fallback={closed}>
      <MenuView {...props} />
    </Suspense>
  );
}
