/** Which kind a step is of, as a picture with its name for screen readers. */
import {
  Bot,
  Braces,
  Clock,
  Globe,
  MessageCircleQuestion,
  Network,
  Puzzle,
  SquareTerminal,
  type LucideIcon,
} from 'lucide-react';
import { cn } from './class-names.ts';

const ICONS: Readonly<Record<string, LucideIcon>> = {
  agent: Bot,
  http: Globe,
  command: SquareTerminal,
  node: Network,
  transform: Braces,
  ask: MessageCircleQuestion,
  wait: Clock,
};

export function KindIcon({ kind, className }: { readonly kind: string; readonly className?: string }) {
  const Icon = ICONS[kind] ?? Puzzle;
  return <Icon className={cn('size-3.5 shrink-0', className)} role="img" aria-label={kind} />;
}
