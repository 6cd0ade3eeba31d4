/** A status as icon, words and colour: never by colour alone. */
import {
  Ban,
  Check,
  CircleDashed,
  CircleSlash,
  Hand,
  Pause,
  PlugZap,
  RotateCw,
  X,
  type LucideIcon,
} from 'lucide-react';
import type { Sign, Tone, Words } from '../words/status.ts';
import { cn } from './class-names.ts';
import { Tip } from './tip.tsx';

const SIGNS: Readonly<Record<Exclude<Sign, 'runs'>, LucideIcon>> = {
  waits: CircleDashed,
  retries: RotateCw,
  asks: Hand,
  pauses: Pause,
  done: Check,
  failed: X,
  stopped: Ban,
  skipped: CircleSlash,
  lacks: PlugZap,
};

const TEXT: Readonly<Record<Tone, string>> = {
  idle: 'text-idle',
  run: 'text-run',
  need: 'text-need',
  pause: 'text-pause',
  done: 'text-done',
  fail: 'text-fail',
};

const WASH: Readonly<Record<Tone, string>> = {
  idle: 'bg-idle-wash',
  run: 'bg-run-wash',
  need: 'bg-need-wash',
  pause: 'bg-pause-wash',
  done: 'bg-done-wash',
  fail: 'bg-fail-wash',
};

export function toneText(tone: Tone): string {
  return TEXT[tone];
}

export function toneWash(tone: Tone): string {
  return WASH[tone];
}

export function StatusIcon({ sign, className }: { readonly sign: Sign; readonly className?: string }) {
  if (sign === 'runs') return <Running className={className} />;
  const Icon = SIGNS[sign];
  return <Icon className={cn('size-3.5 shrink-0', className)} strokeWidth={2.5} aria-hidden />;
}

/** A ring that turns; it stands still where motion is not wanted. */
function Running({ className }: { readonly className?: string | undefined }) {
  return (
    <svg
      viewBox="0 0 16 16"
      className={cn('size-3.5 shrink-0 animate-spin [animation-duration:1.6s]', className)}
      aria-hidden
    >
      <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeOpacity="0.3" strokeWidth="2.5" />
      <path
        d="M8 2a6 6 0 0 1 6 6"
        fill="none"
        stroke="currentColor"
        strokeWidth="2.5"
        strokeLinecap="round"
      />
    </svg>
  );
}

interface BadgeProps {
  readonly words: Words;
  /** Without a ground of its own, for rows of tables. */
  readonly plain?: boolean;
  readonly className?: string;
}

export function StatusBadge({ words, plain = false, className }: BadgeProps) {
  const badge = (
    <span
      className={cn(
        'inline-flex max-w-full items-center gap-1.5 text-sm font-medium',
        TEXT[words.tone],
        !plain && ['rounded-full px-2 py-0.5', WASH[words.tone]],
        className,
      )}
    >
      <StatusIcon sign={words.sign} />
      <span className="truncate">{words.text}</span>
    </span>
  );
  if (words.more === undefined || words.more === words.text) return badge;
  return <Tip text={words.more}>{badge}</Tip>;
}
