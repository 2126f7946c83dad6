import { attempt, type Call, type Place, request } from '../../infra/local/http-client.ts';

export interface Answer {
  readonly status: number;
  // JSON of many shapes, which tests check with matchers.
  readonly body: Record<string, unknown>;
}

export interface Seller {
  readonly login: string;
  readonly applicationPassword: string;
}

/** Acts of tests at the API and at the simulated marketplace, wherever both run. */
export interface Hands {
  /** Everything that functions printed and HTTP answered. */
  readonly said: string[];
  /** Secrets that were handed over, which no output may contain. */
  readonly secrets: Set<string>;
  api(method: string, path: string, body?: unknown, headers?: Call['headers']): Promise<Answer>;
  sim(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
  seller(options?: { login?: string; country?: number }): Promise<Seller>;
  registerKey(): Promise<string>;
  attempts(login: string): Promise<number>;
}

interface Surroundings {
  readonly place: Place;
  readonly simulator: string;
  /** Begins logins and keys, so that tests of one deployment do not meet. */
  readonly prefix?: string;
  /** Where the caller keeps what was said. */
  readonly said?: string[];
  /** Where the caller keeps what nothing may say. */
  readonly secrets?: Set<string>;
  /** Called after every answer of the API; may throw. */
  readonly checked?: () => void;
}

export function handsFor(surroundings: Surroundings): Hands {
  const {
    place,
    simulator,
    prefix = '',
    said = [],
    secrets = new Set(),
    checked = () => undefined,
  } = surroundings;
  let sellers = 0;
  const nextLogin = () => {
    sellers += 1;
    return `${prefix}sprzedawca_${sellers}`;
  };
  const sim: Hands['sim'] = (method, path, body) =>
    request<Record<string, unknown>>(simulator, { method, path: `/_sim${path}`, body });
  const api: Hands['api'] = async (method, path, body, headers = {}) => {
    const answer = await attempt(place, { method, path, body, headers });
    said.push(JSON.stringify(answer));
    checked();
    return { status: answer.status, body: (answer.body ?? {}) as Record<string, unknown> };
  };
  return {
    said,
    secrets,
    api,
    sim,
    async seller({ login = nextLogin(), country = 1 } = {}) {
      await sim('POST', '/sellers', { login, country, twoStep: true });
      const made = await sim('POST', `/sellers/${encodeURIComponent(login)}/application-passwords`, {
        name: 'Klamka',
      });
      const applicationPassword = String(made.applicationPassword);
      secrets.add(applicationPassword);
      return { login, applicationPassword };
    },
    async registerKey() {
      const integrationKey = `${prefix}key${secrets.size}test`;
      secrets.add(integrationKey);
      await sim('POST', '/keys', { key: integrationKey });
      const { body } = await api('POST', '/integration-keys', { label: 'test', integrationKey });
      return String(body.integrationKeyId);
    },
    async attempts(login) {
      const { logins } = (await sim('GET', '/stats')) as { logins: Record<string, { attempts: number }> };
      return logins[login]?.attempts ?? 0;
    },
  };
}
