/** The messages of gRPC against the contract of HTTP: what one has, the other has too, by the same names. */
import type { DescEnum, DescMessage } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { CommandAnswer } from '../../../contract/command.ts';
import { EditPreview } from '../../../contract/edit.ts';
import { EventFilter } from '../../../contract/event.ts';
import { Reader, RunMessage } from '../../../contract/message.ts';
import { ErrorDetail } from '../../../contract/problem.ts';
import { Question } from '../../../contract/question.ts';
import { RunNow, Waiting } from '../../../contract/run.ts';
import { Attempt, Segment, Step } from '../../../contract/step.ts';
import { Workflow, WorkflowVersion } from '../../../contract/workflow.ts';
import { wordOf } from '../../../grpc/enum-words.ts';
import * as edit from '../../../grpc/generated/baton/v1/edit_pb.js';
import * as message from '../../../grpc/generated/baton/v1/message_pb.js';
import * as question from '../../../grpc/generated/baton/v1/question_pb.js';
import * as run from '../../../grpc/generated/baton/v1/run_pb.js';
import * as step from '../../../grpc/generated/baton/v1/step_pb.js';
import * as workflow from '../../../grpc/generated/baton/v1/workflow_pb.js';
import {
  WatchRunRequestSchema,
  WorkflowService,
} from '../../../grpc/generated/baton/v1/workflow_service_pb.js';
import { WAITING_KINDS } from '../../../protocol/filter/waiting-kinds.ts';
import { MESSAGE_TYPES } from '../../../protocol/event.ts';
import { QUESTION_KINDS, QUESTION_STATUSES } from '../../../protocol/question.ts';
import { DECISIONS, DELIVERIES, PAUSE_ENDS, PAUSE_MODES } from '../../../protocol/signals.ts';
import {
  ATTEMPT_STATUSES,
  MESSAGE_STATUSES,
  RUN_STATUSES,
  SHOWN_STEP_STATUSES,
} from '../../../protocol/status.ts';
import type { Endpoint } from '../../http/endpoint.ts';
import { ROUTES } from '../../routes/index.ts';
import { METHODS } from './methods.ts';

const fieldsOf = ({ fields }: DescMessage): string[] => fields.map(({ name }) => name).toSorted();
const membersOf = (schema: z.ZodType | undefined): string[] => {
  const { shape = {} } = (schema ?? {}) as Partial<z.ZodObject>;
  return Object.keys(shape);
};
const endpoints = new Map(
  ROUTES.flatMap((group) => group.endpoints).map((one): [string, Endpoint] => [one.operation, one]),
);

describe('what is answered', () => {
  it.each<[string, DescMessage, z.ZodObject]>([
    ['Run', run.RunSchema, RunNow],
    ['Waiting', run.WaitingSchema, Waiting],
    ['Step', step.StepSchema, Step],
    ['Segment', step.SegmentSchema, Segment],
    ['Attempt', step.AttemptSchema, Attempt],
    ['Workflow', workflow.WorkflowSchema, Workflow],
    ['WorkflowVersion', workflow.WorkflowVersionSchema, WorkflowVersion],
    ['Remark', workflow.RemarkSchema, ErrorDetail],
    ['RunMessage', message.RunMessageSchema, RunMessage],
    ['Reader', message.RunMessage_ReaderSchema, Reader],
    ['Question', question.QuestionSchema, Question],
    ['EditPreview', edit.EditPreviewSchema, EditPreview],
  ])('%s has the members that HTTP has', (_name, description, schema) => {
    expect(fieldsOf(description)).toEqual(membersOf(schema).toSorted());
  });

  it('a command answers the run and the id of its message', () => {
    const { output } = WorkflowService.method.pause;
    const rest = membersOf(CommandAnswer).filter((name) => !fieldsOf(run.RunSchema).includes(name));
    expect(fieldsOf(output)).toEqual([...rest, 'done', 'run'].toSorted());
  });
});

/** By method: fields that are told otherwise, or not at all, and by which names HTTP has them. */
const OTHERWISE: Readonly<Record<string, { readonly here?: string[]; readonly there?: string[] }>> = {
  // Metadata, as in every call.
  startRun: { there: ['traceparent'] },
  createWorkflow: { here: ['definition'], there: ['workflow'] },
  updateWorkflow: { here: ['definition', 'name'], there: ['workflow'] },
  listWorkflows: { there: ['statistics'] },
  updateNode: {
    there: ['value'],
    here: ['skip', 'retry', 'stop_retrying', 'hold', 'release', 'override', 'compact', 'set_limits'],
  },
};

describe('what is asked', () => {
  it('every method is a call of an operation, but for the stream', () => {
    const names = WorkflowService.methods
      .map(({ localName }) => localName)
      .filter((name) => name !== 'watchRun');
    expect(Object.keys(METHODS).toSorted()).toEqual(names.toSorted());
  });

  it.each(Object.keys(METHODS) as (keyof typeof METHODS)[])('%s has the fields that HTTP takes', (name) => {
    const { operation, asked } = METHODS[name].ask({ skip: {} });
    const { params, query, body, headers } = endpoints.get(operation)!;
    const { here = [], there = [] } = OTHERWISE[name] ?? {};
    const named: Record<string, string> = { id: 'run_id' };
    const inPath = membersOf(params).map((one) =>
      asked.params?.['id'] === undefined ? one : (named[one] ?? one),
    );
    const inKey = membersOf(headers).map((one) => one.replaceAll('-', '_'));
    const schema = body?.kind === 'json' ? body.schema : undefined;
    const wanted = [...inPath, ...membersOf(query), ...membersOf(schema), ...inKey, ...here];
    expect(fieldsOf(WorkflowService.method[name].input)).toEqual(
      wanted.filter((one) => !there.includes(one)).toSorted(),
    );
  });

  it('the stream has the filters of events that streams know', () => {
    const others = ['before', 'order', 'limit', 'scope', 'turn', 'since', 'until', 'follow', 'after'];
    const filters = membersOf(EventFilter).filter((name) => !others.includes(name));
    expect(fieldsOf(WatchRunRequestSchema)).toEqual(
      [...filters, 'run_id', 'after_seq', 'lasting'].toSorted(),
    );
  });
});

it.each<[DescEnum, readonly string[]]>([
  [run.RunStatusSchema, RUN_STATUSES],
  [run.PauseModeSchema, PAUSE_MODES],
  [run.PauseEndSchema, PAUSE_ENDS],
  [run.LimitEndSchema, ['fail', 'ask']],
  [run.WaitingKindSchema, WAITING_KINDS],
  [run.QuestionKindSchema, QUESTION_KINDS],
  [question.QuestionStatusSchema, QUESTION_STATUSES],
  [step.StepStatusSchema, SHOWN_STEP_STATUSES],
  [step.AttemptStatusSchema, ATTEMPT_STATUSES],
  [message.MessageTypeSchema, MESSAGE_TYPES],
  [message.MessageStatusSchema, MESSAGE_STATUSES],
  [message.DeliverySchema, DELIVERIES],
  [message.DecisionSchema, DECISIONS],
  [workflow.DefinitionFormatSchema, ['yaml', 'json']],
])('$name has the words of HTTP', (description, words) => {
  const told = description.values.flatMap(({ number }) => wordOf(description, number) ?? []);
  expect(told.toSorted()).toEqual([...words].toSorted());
});
