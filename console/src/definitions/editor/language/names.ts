/** The names that a text declares, as far as they can be seen in one that may be broken. Pure. */
import type { Outline } from '../verdict/verdict.ts';

export interface Names {
  readonly steps: readonly string[];
  readonly inputs: readonly string[];
  readonly agents: readonly string[];
}

/** @param outline of the last text that could be compiled */
export function namesIn(text: string, outline: Outline | undefined): Names {
  const steps = [...text.matchAll(/(?:^|[\s{,])"?key"?:\s*["']?([A-Za-z][\w-]*)/gm)].map(
    ([, name = '']) => name,
  );
  return {
    steps: unique(steps),
    inputs: unique([...membersBelow(text, 'inputs'), ...Object.keys(outline?.inputs ?? {})]),
    agents: unique([...membersBelow(text, 'agents'), ...(outline?.agents ?? [])]),
  };
}

/** The names in the map of a member of the definition, in blocks or on one line. */
function membersBelow(text: string, member: string): readonly string[] {
  const found = new RegExp(`^${member}:[ \\t]*(.*)\\n((?:[ \\t]+.*\\n?|[ \\t]*\\n)*)`, 'm').exec(`${text}\n`);
  if (found === null) return [];
  const [, inline = '', block = ''] = found;
  if (inline.startsWith('{'))
    return [...withoutInner(inline).matchAll(/[{,]\s*([A-Za-z][\w-]*):/g)].map(([, name = '']) => name);
  const indent = /^[ \t]+(?=[^\s#])/m.exec(block)?.[0];
  if (indent === undefined) return [];
  return [...block.matchAll(new RegExp(`^${indent}([A-Za-z][\\w-]*):`, 'gm'))].map(([, name = '']) => name);
}

/** Without what stands in brackets within the outer ones. */
function withoutInner(text: string): string {
  return text.replaceAll(/(?<=.)\{[^{}]*\}/g, '');
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}
