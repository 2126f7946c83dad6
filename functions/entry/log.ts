import { Logger } from '@aws-lambda-powertools/logger';
import type { Log } from '../core/base/log.ts';
import { correlationId } from './correlation.ts';
import { count } from './metrics.ts';

/**
 * Structured logs, each line with the correlation id of the work under way, and the metrics that follow from them. Whole
 * events and requests are never logged, because they hold passwords.
 */
export function createLog(): Log {
  const logger = new Logger({ serviceName: 'klamka' });
  const write =
    (level: 'info' | 'warn'): Log['info'] =>
    (event, fields) => {
      logger[level](event, { correlationId: correlationId(), ...fields });
      count(event, fields);
    };
  return { info: write('info'), warn: write('warn') };
}
