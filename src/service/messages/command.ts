/** What is sent to a run. */
import type { CommandName, SignalMessage } from '../../protocol/signals.ts';

/** A message with the id under which it counts once. */
export type Command = SignalMessage & { readonly id: string; readonly action: CommandName };
