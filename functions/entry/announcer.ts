import { sendQueue } from '../adapters/queue.ts';
import { sendingMarks } from '../adapters/sending-marks.ts';
import type { Log } from '../core/base/log.ts';
import { type Announcer, openAnnouncer } from '../core/delivery/announcer.ts';
import { clock } from './basics.ts';
import { correlationId } from './correlation.ts';
import { setting } from './settings.ts';

/** The wiring for every function that appends to feeds. */
export const wireAnnouncer = (dynamo: Parameters<typeof sendingMarks>[0]['dynamo'], log: Log): Announcer =>
  openAnnouncer({
    marks: sendingMarks({ dynamo, table: setting('SENDING_TABLE') }),
    sendQueue: sendQueue(setting('SEND_QUEUE_URL'), correlationId),
    clock,
    log,
  });
