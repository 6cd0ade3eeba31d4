/**
 * Makes every request that would change something leave a row in `audit_log`: those that no route takes, that the check
 * of Host and Origin refuses, or that end before they were whole, too. Stands before all of these.
 */
import type { RequestHandler } from 'express';
import type { AuditLog } from '../../service/audit/audit-log.ts';
import { Trail } from '../../service/audit/trail.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

export function leaveTrail(log: AuditLog): RequestHandler {
  return (request, response, next) => {
    if (!SAFE.has(request.method)) {
      const trail = new Trail(log, request);
      response.locals['trail'] = trail;
      // Whoever answers ends it; this is for requests that got no answer.
      response.once('close', () => void trail.end(response.statusCode, 'request_aborted'));
    }
    next();
  };
}
