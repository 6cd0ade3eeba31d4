/** The key of the installation, with which bundles of runs are signed. */
import * as z from 'zod';

export const InstallationKey = z
  .object({
    algorithm: z.literal('ed25519'),
    fingerprint: z.string().meta({
      description: '`SHA256:` and the digest of its 32 bytes, in base64 without padding.',
      example: 'SHA256:J6dUcvVYGmVbYQy0zsyGdWVh4ZnhhVWkDDT4dVv8pWg',
    }),
    public_key: z.string().meta({ description: 'PEM.' }),
  })
  .meta({ id: 'InstallationKey' });

export type InstallationKey = z.output<typeof InstallationKey>;
