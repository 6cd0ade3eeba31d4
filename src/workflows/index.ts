/**
 * The workflow module. `default` takes every workflow type that is no other here: the type of a run is the name of its
 * definition, so operators see and filter real names. Names with a `$` are none of definitions.
 */
export { interpret as default } from './interpret.ts';
export { errand as $errand } from './errand.ts';
