/** What a view or a button does, as somebody would do it elsewhere: with curl, with the command line, by a link. */
import { Terminal } from 'lucide-react';
import { Button } from './button.tsx';
import { Menu } from './menu.tsx';
import { tell } from './toasts.tsx';

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** From `/api/v1` on, parameters filled in. */
  readonly path: string;
  readonly body?: unknown;
}

interface EchoProps {
  readonly request: Request;
  /** The words after `baton`, quoted as a shell wants them; undefined: the command line has no such thing. */
  readonly command?: readonly string[];
  /** What a link shows; default: this page as it is. */
  readonly link?: string;
}

export function Echo({ request, command, link }: EchoProps) {
  const copy = (what: string, text: string) => () => {
    navigator.clipboard.writeText(text).then(
      () => tell('done', `Copied as ${what}`, text.length > 160 ? undefined : text),
      () => tell('fault', 'It could not be copied', 'The browser does not allow it here.'),
    );
  };
  const entries = [
    { label: 'Copy as curl', act: copy('curl', curlOf(request, location.origin)) },
    ...(command === undefined
      ? []
      : [{ label: 'Copy as command', act: copy('command', ['baton', ...command.map(quoted)].join(' ')) }]),
    { label: 'Copy link', act: copy('link', link ?? location.href) },
  ];
  return (
    <Menu
      groups={[entries]}
      trigger={
        <Button kind="quiet" size="icon" label="Copy as curl, command or link">
          <Terminal className="size-4" aria-hidden />
        </Button>
      }
    />
  );
}

/** The request as curl would send it. */
export function curlOf({ method, path, body }: Request, origin: string): string {
  const parts = ['curl', ...(method === 'GET' ? [] : ['-X', method]), quoted(`${origin}${path}`)];
  if (body !== undefined)
    parts.push('-H', quoted('content-type: application/json'), '-d', quoted(JSON.stringify(body)));
  return parts.join(' ');
}

/** A word as a POSIX shell reads it unchanged. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
