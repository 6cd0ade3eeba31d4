/** A plan's graph in the language of Mermaid, which GitHub and many editors draw. */
import type { Plan, StepKind } from '../../plan/plan.ts';

const SHAPES: Readonly<Record<StepKind, readonly [string, string]>> = {
  agent: ['["', '"]'],
  ask: ['{{"', '"}}'],
  http: ['[/"', '"/]'],
  command: ['[["', '"]]'],
  node: ['[/"', '"\\]'],
  transform: ['("', '")'],
  wait: ['(("', '"))'],
};

/** A flowchart, top down; a dotted arrow leads to a step that has a condition. */
export function graphMermaid(plan: Plan): string {
  const ids = new Map(plan.steps.map((step, at) => [step.key, `s${at}`]));
  const nodes = plan.steps.map(({ key, title, kind }) => {
    const [open, close] = SHAPES[kind];
    return `  ${ids.get(key)}${open}${escaped(title)}${close}`;
  });
  const edges = plan.steps.flatMap(({ key, dependencies, when }) =>
    dependencies.map(
      (dependency) => `  ${ids.get(dependency)} ${when === null ? '-->' : '-.->'} ${ids.get(key)}`,
    ),
  );
  return ['flowchart TD', ...nodes, ...edges].join('\n');
}

/** Mermaid reads entities inside quoted labels. */
function escaped(text: string): string {
  return text.replace(/[^\p{L}\p{N} .,:_/()-]/gu, (char) => `#${char.codePointAt(0)};`);
}
