import { rename, rm, writeFile } from 'node:fs/promises';
import { writeClient } from '../clients/clients.ts';
import type { Place } from './http-client.ts';
import { type Issuer, SCOPE_PREFIX } from './issuer.ts';
import { REGION } from './stack/resources.ts';
import type { Stack } from './stack/stack.ts';

/** The administrator of an embedded stack. */
export const ADMINISTRATOR = 'local-administrator';
const SCOPES = ['accounts:read', 'accounts:write', 'orders:read', 'orders:write', 'operations'];

/** Writes the administrator into the embedded registry, as `npm run client` does, and returns her token. */
export async function administratorOf({ stack, issuer }: { stack: Stack; issuer: Issuer }): Promise<string> {
  const place = {
    table: stack.resource('RegistryTable').name,
    aws: {
      endpoint: stack.endpoints.dynamodb,
      region: REGION,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    },
  };
  await writeClient(place, { subject: ADMINISTRATOR, role: 'administrator', name: 'Embedded stack' });
  return await issuer.token({ subject: ADMINISTRATOR, scopes: SCOPES });
}

/** The parts that only an embedded stack has, for programs on this machine. */
export interface LocalAccess {
  /** Subject of the token, to ask the issuer for another one. */
  readonly clientId: string;
  readonly scope: string;
  readonly simulatorUrl: string;
  readonly logDir: string;
  readonly registry: { readonly table: string; readonly endpoint: string; readonly region: string };
}

export const localAccess = ({
  simulatorUrl,
  logDir,
  stack,
}: {
  stack: Stack;
  simulatorUrl: string;
  logDir: string;
}): LocalAccess => ({
  clientId: ADMINISTRATOR,
  scope: SCOPES.map((scope) => `${SCOPE_PREFIX}${scope}`).join(' '),
  simulatorUrl,
  logDir,
  registry: {
    table: stack.resource('RegistryTable').name,
    endpoint: stack.endpoints.dynamodb,
    region: REGION,
  },
});

/** Writes address and token to a file for this person's programs; other users cannot read it. */
export async function leaveAccess(
  file: string,
  access: { api: Place; issuer: Pick<Issuer, 'tokenUrl'>; local?: LocalAccess },
): Promise<{ remove(): Promise<void> }> {
  const draft = `${file}.${process.pid}`;
  const text = JSON.stringify({ ...access.api, tokenUrl: access.issuer.tokenUrl, ...access.local });
  await writeFile(draft, `${text}\n`, { mode: 0o600, flag: 'wx' });
  await rename(draft, file);
  return { remove: () => rm(file, { force: true }) };
}
