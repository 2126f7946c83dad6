import { MarketplaceFault } from '../faults/fault.ts';
import { isSessionEnd, type OpenSession, type SessionCall } from './session.ts';

/**
 * Makes a call that orders can do without, such as a page of a list. Returns the fault if the call itself met
 * it, so that no answer to the call stops the run or changes the state of the account, its key or its
 * address. Throws MarketplaceFault for an ended session, a failed login and a lock, and OwnStop for our own
 * limits.
 */
export async function askAside<T>(
  session: OpenSession,
  operation: SessionCall<T>,
): Promise<T | MarketplaceFault> {
  let met: unknown;
  const noted: SessionCall<T> = async (handle, options) => {
    try {
      return await operation(handle, options);
    } catch (error) {
      met = error;
      throw error;
    }
  };
  try {
    return await session.call(noted, { aside: true });
  } catch (error) {
    if (error === met && isOfTheCall(error)) return error;
    throw error;
  }
}

/**
 * Whether the fault concerns only the call that met it. A lock is excluded, because a locked account must not
 * be called any more.
 */
export const isOfTheCall = (error: unknown): error is MarketplaceFault =>
  error instanceof MarketplaceFault && !isSessionEnd(error) && error.reason !== 'account-locked';

/** The fault of a call that orders can do without. */
export class CallRefused extends Error {
  override readonly name = 'CallRefused';
  readonly fault: MarketplaceFault;

  constructor(fault: MarketplaceFault) {
    super(fault.message);
    this.fault = fault;
  }
}

/**
 * A session for several calls that orders can do without. Throws CallRefused where `askAside` returns a
 * fault.
 */
export const sessionAside = (session: OpenSession): OpenSession => ({
  call: async (operation) => {
    const answer = await askAside(session, operation);
    if (answer instanceof MarketplaceFault) throw new CallRefused(answer);
    return answer;
  },
});
