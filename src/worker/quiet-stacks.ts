/**
 * Preloaded into the workflow sandbox: errors there carry no stack. Collecting stacks takes 5 to 15 % of a workflow
 * worker's CPU, since Temporal's own code makes errors at every await.
 */
Error.stackTraceLimit = 0;
