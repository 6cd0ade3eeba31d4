/** `baton.v1.WorkflowService`: each method is an operation of HTTP (`methods.ts`), asked from inside. */
import type { Message } from '@bufbuild/protobuf';
import { WorkflowService } from '../../../grpc/generated/baton/v1/workflow_service_pb.js';
import type { Front } from '../../front.ts';
import type { GrpcService } from '../grpc-service.ts';
import { unary } from '../unary.ts';
import { METHODS } from './methods.ts';
import { Operations } from './operations.ts';
import { watchRun } from './watch-run.ts';

export function workflowService(front: Front): GrpcService {
  const operations = new Operations(front);
  const unaries = WorkflowService.methods
    .filter(({ methodKind }) => methodKind === 'unary')
    .map((description) => {
      const method = METHODS[description.localName as keyof typeof METHODS];
      return [
        description.localName,
        unary(front, (message: Message, way, key) =>
          operations.answer(description, method, { message, way, key }),
        ),
      ] as const;
    });
  return {
    definition: WorkflowService,
    implementation: { ...Object.fromEntries(unaries), watchRun: watchRun(front) },
  };
}
