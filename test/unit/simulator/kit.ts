import { SaxesParser } from 'saxes';
import { onTestFinished } from 'vitest';
import { type SimulatorOptions, startSimulator } from '../../../infra/local/simulator/simulator.ts';

const KEY = 'k0000test1';

/** A reply's element by name: text for a leaf, otherwise its children by name, each a list. */
export interface Node {
  readonly text: string;
  readonly children: Record<string, Node[]>;
}

/** Reads XML without using the simulator's code. */
export function readXml(xml: string): Node {
  const root: Node = { text: '', children: {} };
  const open: { text: string; children: Record<string, Node[]> }[] = [root];
  const parser = new SaxesParser({ xmlns: true });
  parser.on('opentag', ({ local }) => {
    const node = { text: '', children: {} };
    const siblings = open.at(-1)?.children ?? {};
    siblings[local] = [...(siblings[local] ?? []), node];
    open.push(node);
  });
  parser.on('text', (text) => {
    const node = open.at(-1);
    if (node !== undefined) node.text += text;
  });
  parser.on('closetag', () => {
    open.pop();
  });
  parser.write(xml).close();
  return root;
}

/** The first node at a path such as `Envelope.Body.doLoginResponse`. Throws if there is none. */
export function at(node: Node, path: string): Node {
  return path.split('.').reduce((here, name) => {
    const next = here.children[name]?.[0];
    if (next === undefined) throw new Error(`no ${name} in ${Object.keys(here.children).join()}`);
    return next;
  }, node);
}

export const items = (node: Node): Node[] => node.children.item ?? [];

/** Children of a structure as plain text values. */
export const texts = (node: Node): Record<string, string> =>
  Object.fromEntries(Object.entries(node.children).map(([name, [first]]) => [name, first?.text ?? '']));

export const envelope = (content: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:tns="urn:SandboxWebApi">
  <soapenv:Body>${content}</soapenv:Body>
</soapenv:Envelope>`;

export const element = (name: string, value: string | number): string =>
  `<tns:${name}>${value}</tns:${name}>`;

export const list = (name: string, values: readonly (string | number)[]): string =>
  element(name, values.map((value) => element('item', value)).join(''));

/** A filter of doGetPostBuyFormsIds; the service needs it to show a seller's forms. */
export const filter = (filterId: string, value: string): string =>
  element('item', element('filterId', filterId) + list('filterValueId', [value]));
export const AS_SELLER = element('filterOptions', filter('userRole', 'seller'));

export interface Reply {
  readonly status: number;
  /** The fault code; undefined if the reply is not a fault. */
  readonly fault: string | undefined;
  readonly faultText: string;
  /** The element inside the body. */
  readonly body: Node;
}

/** Starts a simulator for a test, with a WebAPI key, and closes it afterwards. */
export async function play(options: Partial<SimulatorOptions> = {}) {
  const simulator = await startSimulator({ port: 0, seed: 7, ...options });
  onTestFinished(() => simulator.close());

  const post = (operation: string, body: string, headers: Record<string, string> = {}) =>
    fetch(`${simulator.url}/service.php`, {
      method: 'POST',
      headers: { 'content-type': 'text/xml; charset=utf-8', soapaction: `"#${operation}"`, ...headers },
      body,
    });

  /** Sends an operation whose children are given as XML, in their order. */
  const call = async (
    operation: string,
    children: string,
    headers?: Record<string, string>,
  ): Promise<Reply> => {
    const request = element(`D${operation.slice(1)}Request`, children);
    const response = await post(operation, envelope(request), headers);
    const body = at(readXml(await response.text()), 'Envelope.Body');
    const fault = body.children.Fault?.[0];
    return {
      status: response.status,
      fault: fault && at(fault, 'faultcode').text,
      faultText: fault === undefined ? '' : at(fault, 'faultstring').text,
      body: fault ?? at(body, `${operation}Response`),
    };
  };

  const control = async <T = Record<string, unknown>>(name: string, body?: object): Promise<T> => {
    const [method = '', path = ''] = name.split(' ');
    const response = await fetch(`${simulator.url}/_sim/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };

  const versionKey = async (countryId = 1, key = KEY): Promise<string> => {
    const request = element('sysvar', 4) + element('countryId', countryId) + element('webapiKey', key);
    return at((await call('doQuerySysStatus', request)).body, 'verKey').text;
  };

  const logIn = async (
    login: string,
    password: string,
    {
      version,
      headers,
      country = 1,
    }: { version?: string; headers?: Record<string, string>; country?: number } = {},
  ): Promise<Reply> => {
    const request =
      element('userLogin', login) +
      element('userPassword', password) +
      element('countryCode', country) +
      element('webapiKey', KEY) +
      element('localVersion', version ?? (await versionKey(country)));
    return call('doLogin', request, headers);
  };

  /** Opens a session and returns its handle. Throws if the login is refused. */
  const openSession = async (login: string, password: string, headers?: Record<string, string>) =>
    at((await logIn(login, password, headers === undefined ? {} : { headers })).body, 'sessionHandlePart')
      .text;

  const seller = async (login: string): Promise<string> => {
    await control('POST sellers', { login, country: 1, twoStep: true });
    const path = `POST sellers/${login}/application-passwords`;
    const made = await control<{ applicationPassword: string }>(path, { name: 'Klamka' });
    return made.applicationPassword;
  };

  const journal = async (session: string, start?: string | number): Promise<Record<string, string>[]> => {
    const request =
      element('sessionId', session) + (start === undefined ? '' : element('journalStart', start));
    const { body } = await call('doGetSiteJournalDeals', request);
    return items(at(body, 'siteJournalDeals')).map(texts);
  };

  const stats = () => control<Stats>('GET stats');

  await control('POST keys', { key: KEY });
  return {
    url: simulator.url,
    close: simulator.close,
    post,
    call,
    control,
    versionKey,
    logIn,
    openSession,
    seller,
    journal,
    stats,
  };
}

export type Play = Awaited<ReturnType<typeof play>>;

export interface Stats {
  readonly calls: Record<string, number>;
  readonly malformed: number;
  readonly logins: Record<
    string,
    { attempts: number; failures: number; successes: number; locked: boolean; captchaRefusals: number }
  >;
  readonly sessions: Record<string, number>;
  readonly ordersMade: number;
}

/** Every event from `start` on, page by page. */
export async function drain(simulator: Play, session: string, start?: string) {
  const events: Record<string, string>[] = [];
  for (let cursor = start ?? '0'; ; ) {
    const page = await simulator.journal(session, cursor);
    events.push(...page);
    if (page.length === 0) return events;
    cursor = page.at(-1)?.dealEventId ?? '0';
  }
}
