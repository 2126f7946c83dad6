import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { RegistryPlace } from '../../infra/clients/clients.ts';
import type { Place } from '../../infra/local/http-client.ts';
import type { Issuer } from '../../infra/local/issuer.ts';
import type { Hands } from '../support/hands.ts';
import type { Klamka } from '../support/klamka.ts';
import { LOCAL, openTables } from '../support/tables.ts';

export interface BusEvent {
  readonly type: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Where a scenario runs: the embedded stack, or a deployment on an AWS that somebody else emulates. */
export interface Scene extends Hands {
  /** Address of the API without its version. */
  readonly root: string;
  /** Version 1 of the API, with a token of the administrator. */
  readonly place: Place;
  readonly simulator: string;
  readonly issuer: Pick<Issuer, 'token' | 'tokenUrl'>;
  readonly registry: RegistryPlace;
  readonly tables: DynamoDBDocumentClient;
  readonly vault: { readonly client: SecretsManagerClient; readonly prefix: string };
  /** Name of a table, by its logical id in the template. */
  table(logicalId: string): string;
  /** Fires the schedules and waits until the queues are empty. */
  settle(): Promise<void>;
  /** Events of order changes that the bus was given, of all accounts. */
  orderEvents(): Promise<readonly BusEvent[]>;
  close(): Promise<void>;
}

/** The embedded stack as a scene. */
export function embeddedScene(klamka: Klamka): Scene {
  const { stack, api, simulator, issuer } = klamka.world;
  const tables = openTables(stack);
  const client = new SecretsManagerClient({ endpoint: stack.endpoints.secretsManager, ...LOCAL });
  return {
    ...klamka,
    root: stack.apiUrl,
    place: api,
    simulator: simulator.url,
    issuer,
    tables,
    vault: { client, prefix: 'klamka/dev' },
    table: (logicalId) => stack.resource(logicalId).name,
    registry: {
      table: stack.resource('RegistryTable').name,
      aws: { endpoint: stack.endpoints.dynamodb, ...LOCAL },
    },
    orderEvents: async () =>
      stack
        .events()
        .filter(({ detailType }) => detailType.startsWith('order.'))
        .map(({ detailType: type, detail }) => ({ type, detail: detail as Record<string, unknown> })),
    close: async () => {
      tables.destroy();
      client.destroy();
      await klamka.close();
    },
  };
}
