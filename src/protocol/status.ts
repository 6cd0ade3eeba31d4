/** The states of runs and of steps, as the core decides them and as tables, routes and screens name them. */

export type RunStatus =
  'pending' | 'running' | 'paused' | 'completed' | 'failed' | 'cancelled' | 'terminated' | 'timed_out';

export type StepStatus =
  'pending' | 'running' | 'waiting' | 'retrying' | 'completed' | 'failed' | 'skipped' | 'cancelled';
