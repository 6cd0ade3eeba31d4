/**
 * A run that was exported as one page (`baton export RUN --html`): the answers of the API stand in the page itself, and
 * nothing is asked of anybody. What was not exported is answered as the API would: 404.
 */

/** What the exporter wrote into the page. */
export interface Exported {
  readonly run: string;
  readonly at: string;
  /** By path, from `/api/v1` on. Lists are whole. */
  readonly answers: Readonly<Record<string, unknown>>;
}

/** Undefined: the page was served by an API, and asks it. */
export const exported: Exported | undefined = readExported();

/** Why nothing can be done here; undefined: it can. */
export function whyReadOnly(): string | undefined {
  return exported === undefined
    ? undefined
    : 'This page is an export: it shows the run as it was, and can only be read.';
}

/** Answers from the page. Lists are cut by the members of the query that they have in common with the API. */
export function answerFrom({ answers }: Exported, address: string, method: string): Response {
  const { pathname, searchParams } = new URL(address);
  const answer = method === 'GET' ? answers[pathname] : undefined;
  if (answer === undefined) return problem(method);
  return Response.json(isList(answer) ? cut(answer.items, searchParams) : answer);
}

interface List {
  readonly items: readonly Readonly<Record<string, unknown>>[];
}

function isList(answer: unknown): answer is List {
  return typeof answer === 'object' && answer !== null && Array.isArray((answer as Partial<List>).items);
}

function cut(items: List['items'], query: URLSearchParams): object {
  const has = (member: string) => {
    const wanted = query.get(member)?.split(',');
    return (item: List['items'][number]) =>
      wanted === undefined || wanted.includes(String(item[member] as string));
  };
  const number = (name: string) => (query.has(name) ? Number(query.get(name)) : undefined);
  const [after, before, most] = [number('after'), number('before'), number('limit')];
  const isBetween = ({ seq }: List['items'][number]) =>
    typeof seq !== 'number' ||
    ((after === undefined || seq > after) && (before === undefined || seq < before));
  const members = ['type', 'step', 'message_type', 'action_type', 'action_status', 'status', 'kind'];
  const isOfScope = ({ step }: List['items'][number]) => query.get('scope') !== 'run' || step === null;
  const fit = members.reduce(
    (rest, member) => rest.filter(has(member)),
    items.filter((item) => isBetween(item) && isOfScope(item)),
  );
  const ordered = query.get('order') === 'desc' ? fit.toReversed() : fit;
  const page = most === undefined ? ordered : ordered.slice(0, most);
  const last = page.length < ordered.length ? page.at(-1)?.['seq'] : undefined;
  return { items: page, next_cursor: typeof last === 'number' ? String(last) : null };
}

function problem(method: string): Response {
  const told =
    method === 'GET'
      ? {
          code: 'not_exported',
          title: 'This is not in the export',
          status: 404,
          detail: 'The page holds one run, without values that were very large.',
        }
      : {
          code: 'read_only',
          title: 'This page can only be read',
          status: 405,
          detail: 'It is an export of a run.',
        };
  return Response.json({ type: 'about:blank', ...told }, { status: told.status });
}

function readExported(): Exported | undefined {
  const text = globalThis.document?.querySelector('#baton-export')?.textContent;
  return text === undefined || text.trim() === '' ? undefined : (JSON.parse(text) as Exported);
}
