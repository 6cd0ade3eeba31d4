/** A service of the gRPC server: its generated description, and what serves its methods. */
import type { DescService } from '@bufbuild/protobuf';
import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Implementation } from '../../grpc/service-definition.ts';

export interface GrpcService {
  readonly definition: DescService;
  readonly implementation: UntypedServiceImplementation;
}

/** Checks the types of an implementation that was written method by method. @public */
export function grpcService<S extends DescService>(
  definition: S,
  implementation: Implementation<S>,
): GrpcService {
  return { definition, implementation: implementation as UntypedServiceImplementation };
}
