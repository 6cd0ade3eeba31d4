/**
 * The workflow module. It exports only `default`, which takes every workflow type: the type of a run is the name of
 * its definition, so operators see and filter real names.
 */
export { interpret as default } from './interpret.ts';
