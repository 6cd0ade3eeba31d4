/** Copies a text, and says so. */
import { Check, Copy as CopyIcon } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from './button.tsx';
import { tell } from './toasts.tsx';

interface CopyProps {
  readonly text: string | (() => string);
  /** What it copies, such as `the run’s id`. */
  readonly what: string;
}

export function Copy({ text, what }: CopyProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1_500);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof text === 'string' ? text : text());
      setCopied(true);
    } catch {
      tell('fault', 'It could not be copied', 'The browser does not allow it here.');
    }
  };
  return (
    <Button
      kind="quiet"
      size="icon"
      className="size-6"
      label={copied ? 'Copied' : `Copy ${what}`}
      onClick={() => void copy()}
    >
      {copied ? <Check className="size-3.5" aria-hidden /> : <CopyIcon className="size-3.5" aria-hidden />}
    </Button>
  );
}
