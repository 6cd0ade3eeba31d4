/** What a step does, as a picture beside its word. */
import { Bot, Braces, Globe, Hand, SquareTerminal, Timer, Workflow, type LucideIcon } from 'lucide-react';

const ICONS: Readonly<Record<string, LucideIcon>> = {
  agent: Bot,
  ask: Hand,
  http: Globe,
  command: SquareTerminal,
  transform: Braces,
  wait: Timer,
};

export function KindIcon({ kind }: { readonly kind: string }) {
  const Icon = ICONS[kind] ?? Workflow;
  return <Icon className="size-3.5 shrink-0 text-quiet" aria-hidden />;
}
