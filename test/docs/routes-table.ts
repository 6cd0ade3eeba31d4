/**
 * The table of routes in docs/api.md, written short: `…/x` goes on from the path before, `/x` alone takes the place of its
 * last part, and a method holds until the next one.
 */
import { documentOf, type Place } from './documents.ts';
import { OPERATIONS } from './http-example.ts';

interface Route extends Place {
  readonly method: string;
  /** As OpenAPI writes it; undefined when nothing fits. */
  readonly path: string | undefined;
  readonly written: string;
}

const BASE = '/api/v1';
const METHOD = /^(GET|POST|PUT|DELETE)(?: |$)/;

export function routesInTable(): readonly Route[] {
  const { file, text } = documentOf('docs/api.md');
  return text.split('\n').flatMap((content, i) => {
    const cell = /^\| (.*?`(?:GET|POST|PUT|DELETE)\b.*?) \|/.exec(content)?.[1];
    return cell === undefined ? [] : routesOf(cell).map((route) => ({ ...route, file, line: i + 1 }));
  });
}

function routesOf(cell: string): Omit<Route, keyof Place>[] {
  const routes: Omit<Route, keyof Place>[] = [];
  let methods: string[] = [];
  let before = '';
  for (const [, span = ''] of cell.matchAll(/`([^`]+)`/g)) {
    const [, method] = METHOD.exec(span) ?? [];
    const written = span.replace(METHOD, '').replace(/\?.*/, '');
    if (method !== undefined && written === '') methods.push(method);
    else if (method !== undefined) methods = [...(before === '' ? methods : []), method];
    if (written === '') continue;
    for (const each of methods) {
      const path = pathOf(each, written, before);
      routes.push({ method: each, path, written });
    }
    before = pathOf(methods[0] ?? '', written, before) ?? before;
  }
  return routes;
}

/** The one path of this method that these words can mean. */
function pathOf(method: string, written: string, before: string): string | undefined {
  const plain = written.replaceAll(/:(\w+)/g, '{$1}');
  const known = new Set(
    OPERATIONS.filter((operation) => operation.method === method).map(({ path }) => path),
  );
  const rest = plain.replace(/^…/, '');
  const parts = before.split('/');
  const prefixes = parts.map((_, i) => parts.slice(0, parts.length - i).join('/'));
  const candidates = plain.startsWith('…')
    ? prefixes.map((prefix) => `${prefix}${rest}`)
    : [plain, `${BASE}${plain}`, ...prefixes.slice(1, 2).map((prefix) => `${prefix}${plain}`)];
  return candidates.find((candidate) => known.has(candidate));
}
