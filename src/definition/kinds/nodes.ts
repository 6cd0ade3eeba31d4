/** Maps of templates, as several kinds have them. */
import type { Json, Path } from '../../plan/json.ts';
import type { TemplateNode } from '../../plan/template.ts';
import { noteVariables } from '../text/doubtful-texts.ts';
import type { KindContext } from './kind.ts';

export function nodes(
  values: Readonly<Record<string, unknown>> | undefined,
  path: Path,
  { templates, problems }: Pick<KindContext, 'templates' | 'problems'>,
): Record<string, TemplateNode> {
  const entries = Object.entries(values ?? {});
  for (const [name, value] of entries) noteVariables(value, [...path, name], problems);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, templates.node(value as Json, [...path, name])]),
  );
}
