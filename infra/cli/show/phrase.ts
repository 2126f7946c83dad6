import { type OperationId, ROUTES } from '../../../functions/contract/routes.ts';

/** The command for each operation that texts may name; a parameter stands where its argument goes. */
export const COMMANDS: Readonly<Partial<Record<OperationId, string>>> = {
  'keys.list': 'keys list',
  'keys.register': 'keys register',
  'keys.replace': 'keys replace {keyId}',
  'keys.remove': 'keys remove {keyId}',
  'accounts.list': 'accounts list',
  'accounts.add': 'accounts add',
  'accounts.show': 'accounts show {accountId}',
  'accounts.remove': 'accounts remove {accountId}',
  'accounts.replacePassword': 'password set {accountId}',
  'accounts.resendPassword': 'password resend {accountId}',
  'accounts.unlocked': 'accounts unlocked {accountId}',
  'accounts.pause': 'accounts pause {accountId}',
  'accounts.resume': 'accounts resume {accountId}',
  'accounts.logins': 'logins {accountId}',
  'sync.show': 'sync show {accountId}',
  'sync.start': 'sync now {accountId}',
  'orders.list': 'orders list {accountId}',
  'orders.show': 'orders show {accountId} {orderId}',
  'orders.repair': 'repair {accountId} {orderId}',
  'orders.dismiss': 'dismiss {accountId} {orderId}',
  'orders.resend': 'resend {accountId}',
  'buyers.erase': 'buyers erase {accountId}',
  'offers.list': 'offers list {accountId}',
  'offers.show': 'offers show {accountId} {offerId}',
  'changes.list': 'changes',
  'changes.listOfAccount': 'changes --account {accountId}',
  'consumers.list': 'consumers list {accountId}',
  'consumers.show': 'consumers show {accountId} {name}',
  'consumers.acknowledge': 'consumers acknowledge {accountId} {name}',
  'completeness.show': 'completeness show {accountId}',
  'completeness.check': 'completeness check {accountId}',
  'imports.list': 'import list {accountId}',
  'imports.start': 'import start {accountId}',
  'imports.show': 'import show {accountId} {importId}',
  'audit.list': 'audit',
  'webhooks.list': 'webhooks list',
  'webhooks.register': 'webhooks register',
  'webhooks.show': 'webhooks show {webhookId}',
  'webhooks.remove': 'webhooks remove {webhookId}',
  'webhooks.rotateSecret': 'webhooks rotate-secret {webhookId}',
  'webhooks.test': 'webhooks test {webhookId}',
  'webhooks.resume': 'webhooks resume {webhookId}',
  'webhooks.deadLetters': 'webhooks dead-letters {webhookId}',
  'webhooks.replay': 'webhooks replay {webhookId}',
};

interface Phrase {
  readonly pattern: RegExp;
  readonly command: string;
  readonly names: readonly string[];
}

const ARGUMENT = String.raw`(\{\w+\}|[\w:.-]*[\w-])`;

/** Longer routes first, because the route of an account begins those of its orders. */
const PHRASES: readonly Phrase[] = (Object.keys(COMMANDS) as OperationId[])
  .map((id) => ({ route: ROUTES[id].route as string, command: COMMANDS[id] ?? '' }))
  .toSorted((one, other) => other.route.length - one.route.length)
  .map(({ route, command }) => ({
    pattern: new RegExp(`${route.replaceAll(/\{\w+\}/g, ARGUMENT)}(?![\\w/-])`, 'g'),
    command,
    names: [...route.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name),
  }));

/**
 * A text of the API with routes replaced by commands, e.g. `POST /v1/accounts/5f/unlocked` by
 * `klamka accounts unlocked 5f`. An id that the text leaves open becomes a word in capitals.
 */
export function inCommands(text: string): string {
  return PHRASES.reduce(
    (phrased, { pattern, command, names }) =>
      phrased.replaceAll(pattern, (...match: unknown[]) => {
        const given = new Map(names.map((name, place) => [name, String(match[place + 1])]));
        return `klamka ${command.replaceAll(/\{(\w+)\}/g, (_, name: string) => argument(name, given.get(name)))}`;
      }),
    text,
  );
}

const argument = (name: string, given: string | undefined): string =>
  given === undefined || given.startsWith('{') ? name.replace(/Id$/, '').toUpperCase() : given;

/** Arguments and options by the fields of the API that they fill, where the names differ. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  name: 'consumer',
  ids: 'orders',
  orderId: 'order',
  buyerId: '--buyer',
  integrationKeyId: '--key',
  integrationKey: 'integration key',
  applicationPassword: 'application password',
  events: '--event',
  accounts: '--account',
  accountId: '--account',
  client: '--client',
  account: '--account',
  ...{ after: '--after', position: '--position', marketplace: '--marketplace', login: '--login' },
  ...{ label: '--label', day: '--day', from: '--from', to: '--to', state: '--state' },
};

/** The argument or option that fills a field of the API, e.g. `--key` for `integrationKeyId`. */
export const argumentFor = (field: string): string => ARGUMENTS[field.split('.')[0] ?? ''] ?? field;
