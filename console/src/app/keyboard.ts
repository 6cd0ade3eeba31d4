/** Keys to actions. Nothing is taken from somebody who types, or from a dialog that is open. */
import { actionOf, isBeginning } from './actions.ts';
import { tell } from '../parts/toasts.tsx';

/** A sequence is forgotten after this: by when its keys were pressed, however late a busy page hears of them. */
const PATIENCE_MS = 1_500;

/** The keys of a sequence so far, and when the last of them was pressed. */
let begun = { keys: '', at: 0 };

/** Called once. */
export function listenToKeys(): void {
  addEventListener('keydown', (event) => {
    const key = keyOf(event);
    if (key === undefined || event.defaultPrevented || isTaken(event, key)) return;
    const isGoingOn = begun.keys !== '' && event.timeStamp - begun.at <= PATIENCE_MS;
    const chord = isGoingOn ? `${begun.keys} ${key}` : key;
    const action = actionOf(chord) ?? actionOf(key);
    begun = { keys: isBeginning(chord) && action === undefined ? chord : '', at: event.timeStamp };
    if (action === undefined) return;
    event.preventDefault();
    if (action.why === undefined) action.act();
    else tell('told', `${action.label}: not now`, action.why);
  });
}

function keyOf({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): string | undefined {
  if (altKey || ['Shift', 'Control', 'Meta', 'Alt'].includes(key)) return undefined;
  const name = key.length === 1 ? key.toLowerCase() : key;
  return ctrlKey || metaKey ? `mod+${name}` : key.length === 1 && key !== name ? `shift+${name}` : name;
}

function isTaken({ target }: KeyboardEvent, key: string): boolean {
  if (key.startsWith('mod+')) return false;
  // A dialog that has just been opened may not have the focus yet: what is behind it gets no keys all the same.
  if (document.querySelector('[role="dialog"]') !== null) return true;
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('[role="menu"], [role="listbox"]') !== null) return true;
  if (target.isContentEditable || target.matches('input, textarea, select')) return true;
  // Buttons and links have these keys already.
  return (key === 'Enter' || key === ' ') && target.closest('button, a, summary, [role="tab"]') !== null;
}
