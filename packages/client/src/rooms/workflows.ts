/** Definitions: published, versioned, never changed. */
import type {
  ListedWorkflow,
  Published,
  Validation,
  Workflow,
  WorkflowDetail,
  WorkflowVersion,
} from '../generated.ts';
import { Listing } from '../reading/listing.ts';
import type { CallInput, CallOptions, Calls } from '../sending/calls.ts';

export interface DefinitionOptions extends CallOptions {
  /** Named in errors. */
  readonly file?: string;
  /** Who publishes. */
  readonly by?: string;
}

export type WorkflowsQuery = Omit<NonNullable<CallInput<'/api/v1/workflows', 'get'>['query']>, 'cursor'>;

export class Workflows {
  readonly #calls: Calls;

  constructor(calls: Calls) {
    this.#calls = calls;
  }

  /** The same text again is the same version. @param text YAML or JSON. @throws BatonError `definition_invalid` with all faults */
  publish(text: string, { file, by, headers, ...options }: DefinitionOptions = {}): Promise<Published> {
    const query = { ...(file !== undefined && { file }), ...(by !== undefined && { by }) };
    return this.#calls.data('post', '/api/v1/workflows', {
      ...options,
      query,
      body: text,
      headers: typed(text, headers),
    });
  }

  /** Keeps nothing. Resolves for a definition with faults too. */
  validate(
    text: string,
    { file, headers, ...options }: Omit<DefinitionOptions, 'by'> = {},
  ): Promise<Validation> {
    const query = file === undefined ? {} : { file };
    const sent = { ...options, query, body: text, headers: typed(text, headers) };
    return this.#calls.data('post', '/api/v1/workflows/validate', sent);
  }

  list(query: WorkflowsQuery = {}, options: CallOptions = {}): Listing<ListedWorkflow> {
    return new Listing((cursor) =>
      this.#calls.data('get', '/api/v1/workflows', {
        ...options,
        query: { ...query, ...(cursor !== undefined && { cursor }) },
      }),
    );
  }

  /** @param name also `name@version` */
  get(name: string, options: CallOptions = {}): Promise<WorkflowDetail> {
    return this.#calls.data('get', '/api/v1/workflows/{name}', { ...options, path: { name } });
  }

  versions(name: string, options: CallOptions = {}): Listing<WorkflowVersion> {
    return new Listing((cursor) =>
      this.#calls.data('get', '/api/v1/workflows/{name}/versions', {
        ...options,
        path: { name },
        ...(cursor !== undefined && { query: { cursor } }),
      }),
    );
  }

  /** Takes it out of use, or back. */
  archive(name: string, isArchived = true, options: CallOptions = {}): Promise<Workflow> {
    const sent = { ...options, path: { name } };
    return isArchived
      ? this.#calls.data('post', '/api/v1/workflows/{name}/archive', sent)
      : this.#calls.data('post', '/api/v1/workflows/{name}/unarchive', sent);
  }
}

function typed(text: string, headers: CallOptions['headers'] = {}): Record<string, string> {
  return {
    'content-type': text.trimStart().startsWith('{') ? 'application/json' : 'application/yaml',
    ...headers,
  };
}
