/** A node for tests, by the generated messages: it is told what to say, and keeps what it was told. */
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import type { ClientDuplexStream, ServiceError } from '@grpc/grpc-js';
import {
  ConnectRequestSchema,
  NodeService,
  type Assignment,
  type ConnectRequest,
  type ConnectResponse,
} from '../../src/grpc/generated/baton/v1/node_pb.js';
import { afterFile } from '../support/after-file.ts';
import { clientOf, refusedBy, type Refused } from './clients.ts';

type Message = NonNullable<MessageInitShape<typeof ConnectRequestSchema>['message']>;
type Registering = Omit<Extract<Message, { readonly case: 'register' }>['value'], '$typeName'>;
type Told = ConnectResponse['message'];

export interface TestNode {
  readonly told: readonly Told[];
  /** Assignments that it was given, in their order. */
  readonly given: () => readonly Assignment[];
  /** Why the connection has ended. */
  readonly ended: Promise<Refused | null>;
  say(message: Message): void;
  accept(assignment: Assignment): void;
  complete(assignment: Assignment, result: unknown): void;
  /** Says no word more, and keeps the connection. */
  fallSilent(): void;
  /** The connection ends as that of a killed program does. */
  die(): void;
}

/** A machine of tests may stand still for longer than a node is usually silent: `leaseMs: 0` is for tests of that. */
const PATIENT_MS = 60_000;

export function joinNode(address: string, who: Registering): TestNode {
  const { raw } = clientOf(NodeService, address);
  const stream = raw['connect']!() as ClientDuplexStream<ConnectRequest, ConnectResponse>;
  const told: Told[] = [];
  const say = (message: Message) => void stream.write(create(ConnectRequestSchema, { message }));
  const beat = setInterval(() => say({ case: 'heartbeat', value: {} }), 500);
  const ended = new Promise<Refused | null>((resolve) => {
    stream.on('data', ({ message }: ConnectResponse) => told.push(message));
    stream.on('error', (error: ServiceError) => resolve(refusedBy(error)));
    stream.on('end', () => resolve(null));
  });
  void ended.then(() => clearInterval(beat));
  const die = () => {
    clearInterval(beat);
    stream.cancel();
  };
  afterFile(async () => die());
  say({ case: 'register', value: { leaseMs: PATIENT_MS, ...who } });
  return {
    told,
    given: () => told.flatMap((one) => (one.case === 'assignment' ? [one.value] : [])),
    ended,
    say,
    accept: ({ id }) => say({ case: 'accepted', value: { assignment: id } }),
    complete: ({ id }, result) =>
      say({ case: 'completed', value: { assignment: id, result: { text: JSON.stringify(result) } } }),
    fallSilent: () => clearInterval(beat),
    die,
  };
}
