/** Markdown of agents and people: no raw HTML, no images from elsewhere, links that tell nothing of this page. Loaded lazily. */
import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';

const PARTS: Components = {
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noopener noreferrer" className="text-accent underline">
      {children}
    </a>
  ),
  // A picture would tell its server who reads this, and the page's policy refuses it anyway.
  img: ({ alt, src }) => (
    <a
      href={typeof src === 'string' ? src : undefined}
      target="_blank"
      rel="noopener noreferrer"
      className="text-accent underline"
    >
      Picture: {alt === undefined || alt === '' ? 'without a name' : alt}
    </a>
  ),
  pre: ({ children }) => (
    <pre className="my-2 overflow-auto rounded-(--radius) border border-line bg-surface p-2 text-xs">
      {children}
    </pre>
  ),
  code: ({ children }) => <code className="font-mono text-[0.9em]">{children}</code>,
  table: ({ children }) => (
    <div className="my-2 overflow-auto" role="region" aria-label="Table" tabIndex={0}>
      <table className="text-sm [&_:is(td,th)]:min-w-20 [&_:is(td,th)]:[overflow-wrap:break-word] [&_td]:border [&_td]:border-line [&_td]:px-2 [&_td]:py-1 [&_th]:border [&_th]:border-line [&_th]:px-2 [&_th]:py-1 [&_th]:text-left">
        {children}
      </table>
    </div>
  ),
  // Headings of a message are no headings of the page.
  h1: ({ children }) => <p className="mt-3 mb-1 text-lg font-semibold">{children}</p>,
  h2: ({ children }) => <p className="mt-3 mb-1 font-semibold">{children}</p>,
  h3: ({ children }) => <p className="mt-2 mb-1 font-semibold">{children}</p>,
  ul: ({ children }) => <ul className="my-1 list-disc pl-5">{children}</ul>,
  ol: ({ children }) => <ol className="my-1 list-decimal pl-5">{children}</ol>,
  p: ({ children }) => <p className="my-1 whitespace-pre-line">{children}</p>,
  blockquote: ({ children }) => (
    <blockquote className="my-1 border-l-2 border-line-strong pl-3 text-quiet">{children}</blockquote>
  ),
};

const PLUGINS = [remarkGfm];

export default function Markdown({ text }: { readonly text: string }) {
  return (
    <div className="wrap-anywhere">
      <ReactMarkdown remarkPlugins={PLUGINS} components={PARTS} skipHtml>
        {text}
      </ReactMarkdown>
    </div>
  );
}
