/** Definitions: from text to plan. The only entry of this folder. Pure. */
export type { AgentFile, AgentFiles } from './agents/agents.ts';
export { compile, validateDefinition, type Compilation, type CompileOptions } from './compile.ts';
export { convertDefinition } from './convert.ts';
export { applyEdits } from './editing/apply-edits.ts';
export { formatOf } from './text/parse.ts';
export { Recall } from './text/recall.ts';
export { graphMermaid } from './graph/graph-mermaid.ts';
export { graphText } from './graph/graph-text.ts';
export type { DefinitionProblem } from './text/problem.ts';
export type { Format } from './text/source.ts';
