import type { ProblemCode } from '../../contract/problems.ts';
import type { Client } from '../../core/account/client.ts';
import type { BilingualText } from '../../core/base/text.ts';

/** A caller whose token is valid; without a name if it is not registered. */
export type Caller = Pick<Client, 'clientId'> & Partial<Pick<Client, 'name'>>;

/** The refusal of a request before it is carried out. Its text says what to do, without details of the check. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: ProblemCode;
  readonly text: BilingualText;
  readonly headers: Readonly<Record<string, string>>;
  /** The refused caller, for the audit log; undefined without a valid token. */
  readonly caller: Caller | undefined;

  constructor(refusal: {
    code: ProblemCode;
    text: BilingualText;
    headers?: Readonly<Record<string, string>>;
    caller?: Caller;
  }) {
    super(refusal.text.en);
    this.code = refusal.code;
    this.text = refusal.text;
    this.headers = refusal.headers ?? {};
    this.caller = refusal.caller;
  }
}

const challenge = (parameters: string) => ({ 'www-authenticate': `Bearer realm="klamka"${parameters}` });

export const noToken = (): Refusal =>
  new Refusal({
    code: 'unauthenticated',
    headers: challenge(''),
    text: {
      pl: 'To wywołanie wymaga tokenu: nagłówek „Authorization: Bearer …”. Token wydaje serwer autoryzacji tej instalacji.',
      en: 'This call needs a token: header "Authorization: Bearer …". The authorization server of this installation issues it.',
    },
  });

export const badToken = (): Refusal =>
  new Refusal({
    code: 'unauthenticated',
    headers: challenge(', error="invalid_token"'),
    text: {
      pl: 'Token jest nieważny: wygasł, jest uszkodzony albo wydano go dla innej usługi. Pobierz nowy i spróbuj ponownie.',
      en: 'The token is not valid: it has expired, is damaged, or was issued for another service. Get a new one and try again.',
    },
  });

export const unknownClient = (caller: Caller): Refusal =>
  new Refusal({
    code: 'forbidden',
    caller,
    headers: challenge(', error="insufficient_scope"'),
    text: {
      pl: 'Token jest ważny, ale ten klient nie jest tu zarejestrowany. Poproś administratora tej instalacji o dodanie go.',
      en: 'The token is valid, but this client is not registered here. Ask an administrator of this installation to add it.',
    },
  });

export const lacksScope = (scope: string, caller: Caller): Refusal =>
  new Refusal({
    code: 'forbidden',
    caller,
    headers: challenge(`, error="insufficient_scope", scope="${scope}"`),
    text: {
      pl: `To wywołanie wymaga uprawnienia „${scope}” i w tokenie, i w roli klienta. Pobierz token z tym zakresem albo poproś administratora o inną rolę.`,
      en: `This call needs "${scope}", both in the token and in the role of the client. Get a token with this scope, or ask an administrator for another role.`,
    },
  });

/** The refusal while the keys that verify tokens cannot be read: no caller can be checked. */
export const keysOutOfReach = (): Refusal =>
  new Refusal({
    code: 'unavailable',
    text: {
      pl: 'Nie można teraz sprawdzić tokenów, bo serwer autoryzacji nie odpowiada. Spróbuj ponownie za kilkanaście sekund (Retry-After).',
      en: 'Tokens cannot be checked now, for the authorization server does not answer. Try again in some seconds (Retry-After).',
    },
  });

export const tooLarge = (bytes: number): Refusal =>
  new Refusal({
    code: 'too-large',
    text: {
      pl: `Treść żądania jest za duża; najwyżej ${bytes / 1024} kB. Podziel żądanie na mniejsze.`,
      en: `The body of the request is too large; at most ${bytes / 1024} kB. Split the request.`,
    },
  });
