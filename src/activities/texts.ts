/** Rendered templates where a text is needed. */
import { writeJson } from '../plan/exact-json.ts';
import type { Json } from '../plan/json.ts';
import type { TemplateNode } from '../plan/template.ts';

/** Strings as they are, everything else as JSON: the rule of templates. */
export function asText(value: Json): string {
  return typeof value === 'string' ? value : writeJson(value);
}

/** Renders a map of templates to texts; members that become null are left out. */
export function renderTexts(
  nodes: Readonly<Record<string, TemplateNode>>,
  render: (node: TemplateNode) => Json,
): Record<string, string> {
  const rendered = Object.entries(nodes).map(([name, node]) => [name, render(node)] as const);
  return Object.fromEntries(
    rendered.flatMap(([name, value]) => (value === null ? [] : [[name, asText(value)]])),
  );
}
