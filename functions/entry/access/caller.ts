import type { Context } from 'aws-lambda';
import { type Client, sees } from '../../core/account/client.ts';
import { Problem } from '../../core/base/problem.ts';
import { epochMillis } from '../../core/base/time.ts';

/** The caller of a public operation, who sees nothing. */
const NOBODY: Client = {
  clientId: '',
  name: '',
  role: '',
  accountIds: [],
  createdAtMillis: epochMillis(0),
};

type WithCaller = Context & { caller?: Client };

/** Keeps the client of an invocation for the operation that it calls. */
export const setCaller = (context: WithCaller, caller: Client | undefined): void => {
  context.caller = caller ?? NOBODY;
};

export const callerOf = ({ caller = NOBODY }: WithCaller): Client => caller;

/**
 * The error as the client may see it: a login that another client has added is taken, and no more is said of the
 * account that has it.
 */
export function withoutForeign(error: unknown, client: Client): unknown {
  if (!(error instanceof Problem)) return error;
  const { accountId } = error.extra;
  if (typeof accountId !== 'string' || sees(client, accountId)) return error;
  return new Problem({
    code: 'already-exists',
    text: {
      pl: 'Tego sprzedawcę dodał już ktoś inny. Poproś administratora tej instalacji o dostęp do jego konta.',
      en: 'Somebody else has added this seller already. Ask an administrator of this installation for access to the account.',
    },
    fields: [{ field: 'login', message: { pl: 'Login jest już zajęty.', en: 'The login is taken.' } }],
  });
}
