import { Logger } from '@aws-lambda-powertools/logger';
import type { Log } from '../core/base/log.ts';

/** Structured logs. Whole events and requests are never logged, because they hold passwords. */
export function createLog(): Log {
  const logger = new Logger({ serviceName: 'klamka' });
  return {
    info: (event, fields) => logger.info(event, { ...fields }),
    warn: (event, fields) => logger.warn(event, { ...fields }),
  };
}
