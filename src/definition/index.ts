/** Definitions: from text to plan. The only entry of this folder. Pure. */
export { compile, validateDefinition, type Compilation } from './compile.ts';
export { graphMermaid } from './graph-mermaid.ts';
export { graphText } from './graph-text.ts';
export { parseDefinition, type ParseOptions } from './parse.ts';
export type { DefinitionProblem } from './problem.ts';
