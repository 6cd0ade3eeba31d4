/** Texts that are no expressions and look as if their authors thought so. */
import type { Path } from '../../plan/json.ts';
import type { Problems } from './problem.ts';

/** Longer texts are prose. */
const MAX_LENGTH = 200;
const WAY = /^\s*(?:(inputs|steps|secrets)|([A-Za-z_][\w-]*))(?:\.[\w-]+|\[[^\]]*\])+\s*$/;
const FIELD = /^\s*[\w-]+\.(?:result|output|status|error)\b/;
const OPERATOR = /\s(?:==|!=|&&|\|\||>=|<=)\s/;
const VARIABLE = /\$(?:\{[A-Z][A-Z0-9_]+\}|[A-Z][A-Z0-9_]+)/;

/** `verdict.result` where it is a text: braces were forgotten. */
export function noteBare(
  text: string,
  steps: { has(key: string): boolean },
  path: Path,
  problems: Problems,
): void {
  if (text.length > MAX_LENGTH || !text.includes('.')) return;
  const [, root, name = ''] = WAY.exec(text) ?? [];
  if (root === undefined && !(steps.has(name) && FIELD.test(text))) return;
  const message = `"${text.trim()}" is a text here, and not what it names.`;
  problems.warn('template_without_braces', path, message, `Write '{{ ${text.trim()} }}'.`);
}

/** `{{ a }} == "x"`: what stands outside of the braces is not computed. */
export function noteOutside(text: string, path: Path, problems: Problems): void {
  if (text.length > MAX_LENGTH) return;
  const outside = text.replaceAll(/\{\{[^]*?\}\}/g, '');
  if (!OPERATOR.test(` ${outside} `)) return;
  const message =
    'This is a text with values in it, and no comparison: only what stands in the braces is computed.';
  const inside = text.replaceAll(/\{\{\s*([^]*?)\s*\}\}/g, '$1');
  problems.warn('expression_is_text', path, message, `Write transform: '{{ ${inside.trim()} }}'.`);
}

/** `$TOKEN`: there is no shell that would put a value there. */
export function noteVariables(value: unknown, path: Path, problems: Problems): void {
  const found = typeof value === 'string' ? VARIABLE.exec(value)?.[0] : undefined;
  if (found === undefined) return;
  const name = found.replaceAll(/[${}]/g, '');
  const message = `"${found}" stays as it is written: nothing is taken from the environment here.`;
  problems.warn('template_foreign', path, message, `Write {{ secrets.${name} }}, or an input.`);
}
