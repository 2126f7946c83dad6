import { sendOn } from '../core/delivery/send.ts';
import { queueHandler, SEND_QUEUE } from '../entry/queue.ts';
import { sendDeps } from '../entry/send-deps.ts';

const deps = sendDeps();

export const handler = queueHandler(
  SEND_QUEUE,
  async ({ message, outOfTime }) => {
    const outcome = await sendOn({ ...deps, outOfTime }, message);
    deps.log.info('sent-on', { accountId: message.accountId, outcome });
  },
  deps.log,
);
