/** Temporal for parts of the product that a test runs. */
import type { Client } from '@temporalio/client';

const CALL_MS = 120_000;

/** The client, whose calls have the deadline of tests and not the product's, as statements do: that one is slow says nothing. */
export function patientTemporal(client: Client): Client {
  const within = client.withDeadline.bind(client);
  client.withDeadline = (_, work) => within(Date.now() + CALL_MS, work);
  return client;
}
