/**
 * What is kept of a model call that a cancel stopped, or that the vendor broke off: the text that had come, as an entry of the session after all that
 * the turn had appended.
 *
 * It is no answer: a turn that is tried again does not find it, and only who goes on from its hash has it in the
 * transcript. Whoever stops an agent waits for this, so an absent database is not waited for: then nothing is kept.
 */
import { messageOf } from '../../errors/errors.ts';
import type { Logger } from '../../log/log.ts';
import type { AbortedTurn } from '../../protocol/agent.ts';
import type { SessionEntry } from '../../protocol/session.ts';
import { previewOf } from '../../protocol/values.ts';
import type { ActivityDeps } from '../frame.ts';
import type { Secrets } from '../secrets.ts';
import { withPatientStorage } from '../storage.ts';
import { unlessAborted } from '../unless-aborted.ts';
import { shown } from './enter-session.ts';
import type { ModelName } from './models.ts';
import { insertNodes } from './session/insert-nodes.ts';
import { nodeAfter, type SessionNode } from './session/node.ts';
import type { Branch } from './session/session-store.ts';

/** So many characters of a secret may tell which it is; fewer are the beginning of one in nearly every text. */
const TELLING = 3;
/** How long a cancel waits for the database. */
const PATIENCE_MS = 2_000;

type Kept = NonNullable<AbortedTurn['partial']>;

/** Keeps the text; null when there is none, or when it could not be stored in time. */
export async function keepPartial(
  deps: ActivityDeps,
  { branch, model, log }: { readonly branch: Branch; readonly model: ModelName; readonly log: Logger },
  said: string,
): Promise<Kept | null> {
  const text = safePart(said, deps.secrets);
  if (text.trim() === '') return null;
  const entry: SessionEntry & { readonly role: 'assistant' } = shown(deps, {
    role: 'assistant',
    content: { text, calls: [], ...model, native: null, interrupted: true },
  });
  const node = nodeAfter(branch[0].session, branch.at(-1) ?? null, entry);
  try {
    await store(deps, node);
    return { head: node.hash, preview: previewOf(entry.content.text) };
  } catch (error) {
    log.warn({ reason: messageOf(error) }, 'what the model had said could not be kept');
    return null;
  }
}

/** Without an end that may be the beginning of a secret, since nobody can tell any more. */
function safePart(said: string, { torn }: Secrets): string {
  const open = torn(said);
  return open < TELLING ? said : said.slice(0, said.length - open);
}

async function store({ database }: ActivityDeps, node: SessionNode): Promise<void> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  // A statement that hangs cannot be called back: should it succeed after all, it leaves an entry that nobody names.
  await unlessAborted(
    withPatientStorage(() => database.query(insertNodes([node])), patience),
    patience,
  );
}
