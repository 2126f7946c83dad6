import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { VERDICTS } from '../contract/account.ts';
import { isChange, type OperationId, ROUTES } from '../contract/routes.ts';
import type { AuditEntry, AuditLog } from '../core/admin/audit.ts';
import type { Log } from '../core/base/log.ts';
import { callerOf } from './access/caller.ts';
import { type Caller, Refusal } from './access/refusal.ts';
import { clock, isShortId, newId } from './basics.ts';
import type { Middleware } from './serve.ts';

const IDS = new Map((Object.keys(ROUTES) as OperationId[]).map((id) => [ROUTES[id].route as string, id]));

/**
 * Writes every call that is to change something to the audit log, after the call, so that its outcome is known. A call
 * without a valid token is left out, because nobody is known to have made it. A failed write is logged, and counted by
 * an alarm; the answer stays, because the change is made.
 */
export function audited({ audit, log }: { audit: AuditLog; log: Log }): Middleware {
  const write = async (called: Called): Promise<void> => {
    const entry = entryOf(called);
    if (entry === undefined) return;
    try {
      await audit.write(entry);
    } catch (error) {
      const { operation, clientId, accountId, outcome, requestId } = entry;
      log.warn('audit-failed', { error, operation, client: clientId, accountId, outcome, requestId });
    }
  };
  return {
    after: ({ event, context, response }) => write({ event, caller: callerOf(context), response }),
    onError: ({ event, context, error, response }) =>
      write({
        event,
        caller: (error instanceof Refusal ? error.caller : undefined) ?? callerOf(context),
        response,
      }),
  };
}

interface Called {
  readonly event: APIGatewayProxyEventV2;
  readonly caller: Caller;
  readonly response: APIGatewayProxyStructuredResultV2 | null | undefined;
}

function entryOf({ event, caller, response }: Called): AuditEntry | undefined {
  const operation = IDS.get(event.routeKey);
  const { clientId, name } = caller;
  if (operation === undefined || !isChange(operation) || clientId === '') return undefined;
  const { statusCode = 500, body } = response ?? {};
  const outcome = statusCode < 400 ? 'done' : statusCode < 500 ? 'refused' : 'failed';
  const answer = body === undefined ? {} : (JSON.parse(body) as Answer);
  const { accountId, ...ids } = event.pathParameters ?? {};
  // A refused call may name anything, also by mistake a secret.
  const account = [accountId, textIn(answer, ['accountId'])].find((id) => id !== undefined && isShortId(id));
  const verdict = VERDICTS.find((one) => one === answer.verdict);
  const target = outcome === 'done' ? (Object.values(ids)[0] ?? madeIn(answer)) : undefined;
  return {
    auditId: newId(),
    atMillis: clock(),
    operation,
    clientId,
    ...(name !== undefined && { clientName: name }),
    ...(account !== undefined && { accountId: account }),
    ...(target !== undefined && { target }),
    outcome,
    ...(outcome !== 'done' && { problem: String(answer.type).split(':').at(-1) ?? '' }),
    // An account is added, and its call is done, also if the marketplace then refuses its password.
    ...(verdict !== undefined && { verdict }),
    requestId: event.requestContext.requestId,
  };
}

type Answer = Readonly<Record<string, unknown>>;

/** Ids that the answer to a call names which has made something. */
const MADE = ['integrationKeyId', 'webhookId', 'importId'] as const;

/** An account names its integration key, too, which the call was not about. */
const madeIn = (answer: Answer): string | undefined =>
  answer.accountId === undefined ? textIn(answer, MADE) : undefined;

const textIn = (answer: Answer, names: readonly string[]): string | undefined =>
  names.map((name) => answer[name]).find((value) => typeof value === 'string');
