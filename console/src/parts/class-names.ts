/** Class names joined; of two that say the same, the later one counts. */
import { clsx, type ClassValue } from 'clsx';
import { twMerge } from 'tailwind-merge';

export function cn(...names: readonly ClassValue[]): string {
  return twMerge(clsx(names));
}
