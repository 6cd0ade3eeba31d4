/** What others may use of the sending of events. */
export { dispatchEvents } from './dispatcher.ts';
