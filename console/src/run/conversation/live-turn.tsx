/** What an agent says at the moment. Plain text: it becomes Markdown once it has been said. */
import type { LiveWords } from './use-live-words.ts';

export function LiveTurn({ words: { step, turn, text } }: { readonly words: LiveWords }) {
  return (
    <article aria-label={`${step} is speaking`} className="flex gap-2.5 px-4 py-1.5">
      <span className="mt-1.5 size-2.5 shrink-0 animate-pulse rounded-full bg-run" aria-hidden />
      <p className="min-w-0 flex-1 text-sm wrap-anywhere whitespace-pre-wrap">{text}</p>
      <span className="font-mono text-xs leading-6 text-quiet">
        {step}, turn {turn}
      </span>
    </article>
  );
}
