/** All services of gRPC. */
import type { Front } from '../front.ts';
import type { GrpcService } from './grpc-service.ts';
import { nodeService } from './nodes/node-service.ts';
import { workflowService } from './workflow/workflow-service.ts';

export function grpcServices(front: Front): readonly GrpcService[] {
  return [workflowService(front), nodeService(front)];
}
