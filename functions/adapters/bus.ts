import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Bus } from '../core/ports/messages.ts';

const SOURCE = 'klamka';

export function eventBus(name: string): Bus {
  const client = new EventBridgeClient({});
  return {
    async publish({ type, detail }) {
      const entry = { EventBusName: name, Source: SOURCE, DetailType: type, Detail: JSON.stringify(detail) };
      const answer = await client.send(new PutEventsCommand({ Entries: [entry] }));
      const failed = answer.Entries?.find(({ ErrorCode }) => ErrorCode !== undefined);
      if (failed !== undefined) throw new Error(`event ${type} was not taken: ${failed.ErrorCode}`);
    },
  };
}
