/** The rows that agents leave; their tables are told in `src/tables`. */
export type { LimitsJson, Need } from '../../tables/projected/limits.ts';
export type { CallRow } from '../../tables/projected/llm-calls.ts';
export type { CheckpointRow } from '../../tables/projected/workflow-checkpoints.ts';
export type { QuestionRow } from '../../tables/projected/workflow-questions.ts';
export type { SegmentJson } from '../../tables/projected/workflow-step-executions.ts';
