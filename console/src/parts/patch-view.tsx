/** A patch as it was written, with what it adds and removes told by colour and by sign. */
import { cn } from './class-names.ts';

export function PatchView({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <div
      role="region"
      aria-label={label}
      tabIndex={0}
      className="max-h-[70vh] overflow-auto rounded-(--radius) border border-line font-mono text-xs leading-5"
    >
      <div className="w-max min-w-full">
        {text
          .replace(/\n$/, '')
          .split('\n')
          .map((line, at) => (
            <div key={at} className={cn('min-h-5 px-2 whitespace-pre', look(line))}>
              {line}
            </div>
          ))}
      </div>
    </div>
  );
}

function look(line: string): string {
  if (/^(diff |index |--- |\+\+\+ |new file|deleted file|rename |similarity )/.test(line))
    return 'bg-surface font-semibold';
  if (line.startsWith('@@')) return 'bg-surface text-quiet';
  if (line.startsWith('+')) return 'bg-done-wash';
  return line.startsWith('-') ? 'bg-fail-wash' : '';
}
