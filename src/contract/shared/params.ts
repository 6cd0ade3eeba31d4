/** What stands in the paths of routes. */
import * as z from 'zod';
import { RunId, StepKey, WorkflowName, storableText } from './common.ts';
import { SessionId } from '../continue.ts';

export const RunParams = z.object({ id: RunId });

export const StepParams = z.object({ id: RunId, key: StepKey });

export const EventParams = z.object({
  id: RunId,
  seq: z.coerce.number().int().min(1).meta({ description: 'Position in the run’s record, from 1.' }),
});

export const MessageParams = z.object({
  id: RunId,
  message_id: storableText(1_000).min(1).meta({ description: 'Its id, else its `seq`.' }),
});

export const SessionParams = z.object({ id: SessionId });

export const WorkflowParams = z.object({ name: WorkflowName });

/** The same in the routes under `/api/workflows`. */
export const WorkflowNameParams = z.object({ workflow_name: WorkflowName });

export const VersionParams = z.object({ name: WorkflowName, version: z.string().min(1).max(400) });

export const BlobParams = z.object({ hash: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits') });

export const DocumentParams = z.object({ page: z.string().min(1).max(100).meta({ example: 'definitions' }) });

export const ErrorPageParams = z.object({ code: z.string().min(1).max(200) });
