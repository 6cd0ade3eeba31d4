/** Rows that are named by what they hold: whether they are what their name says. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../plan/canonical.ts';
import type { Json } from '../plan/json.ts';
import { blobs } from '../tables/stored/blobs.ts';
import { runPlans } from '../tables/stored/run-plans.ts';
import { sessionMessages } from '../tables/stored/session-messages.ts';
import type { Table } from '../tables/table.ts';
import type { FaultCode } from './faults.ts';
import type { Row } from './row-form.ts';

export interface ContentFault {
  readonly code: FaultCode;
  readonly message: string;
}

/** Null for a row that is what it is named, and for one that nothing names so. */
export function contentFault(table: Table, row: Row): ContentFault | null {
  if (table === blobs) return blobFault(row);
  if (table === runPlans) return planFault(row);
  if (table === sessionMessages) return sessionFault(row);
  return null;
}

function blobFault({ hash, bytes, content }: Row): ContentFault | null {
  const text = String(content);
  if (sha256(text) !== hash) return { code: 'blob_changed', message: 'its content has another hash' };
  if (Buffer.byteLength(text) === bytes) return null;
  return { code: 'blob_changed', message: `it has ${Buffer.byteLength(text)} bytes, not ${String(bytes)}` };
}

/** As compiling makes the hash: over the plan without it. */
function planFault({ hash, workflow, plan }: Row): ContentFault | null {
  const { hash: own, ...rest } = (plan ?? {}) as Row;
  if (own === hash && rest['name'] === workflow && `sha256:${sha256(canonicalJson(rest as Json))}` === hash)
    return null;
  return { code: 'plan_changed', message: 'its plan has another hash or name' };
}

/** As the session's nodes are named: by session, parent and entry. */
function sessionFault({ hash, session_id: session, parent, role, content }: Row): ContentFault | null {
  const node = { session, parent, entry: { role, content } };
  if (sha256(canonicalJson(node as Json)) === hash) return null;
  return { code: 'session_changed', message: 'its entry has another hash' };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
