import { allPages, type Place, request } from './http-client.ts';
import { listAccounts } from './sellers.ts';

/** The fields of a login attempt in the HTTP API that are used here. */
export interface LoggedAttempt {
  readonly attemptId: string;
  readonly at: string;
  readonly endedAt: string | null;
  readonly outcome: string;
  readonly secretVersion: string;
}

/**
 * Rules of access that an account's login log breaks, a sentence each. `attempts` come oldest first; `heard` is the
 * number of logins that the marketplace has received for the account.
 */
export function brokenRules(attempts: readonly LoggedAttempt[], heard: number): string[] {
  const broken: string[] = [];
  const refused = new Set<string>();
  let last: LoggedAttempt | undefined;
  if (heard > attempts.length)
    broken.push(`the marketplace received ${heard} logins, and ${attempts.length} are in the login log`);
  for (const attempt of attempts) {
    const { attemptId, at, outcome, secretVersion } = attempt;
    if (last?.endedAt != null && Date.parse(at) < Date.parse(last.endedAt))
      broken.push(`login ${attemptId} began while ${last.attemptId} was under way`);
    if (refused.has(secretVersion))
      broken.push(`login ${attemptId} sent the refused version ${secretVersion} again`);
    if (outcome === 'password-refused') refused.add(secretVersion);
    last = attempt;
  }
  return broken;
}

/** The rules of access that any account has broken, read from Klamka's login logs and the marketplace's counts. */
export async function brokenAccessRules({
  api,
  simulator,
}: {
  api: Place;
  simulator: string;
}): Promise<string[]> {
  const { logins: heard } = await request<{ logins: Record<string, { attempts: number }> }>(simulator, {
    path: '/_sim/stats',
  });
  const broken: string[] = [];
  for (const { accountId, login } of await listAccounts(api)) {
    const attempts = (
      await allPages<LoggedAttempt>(api, `/accounts/${accountId}/logins`, 'logins')
    ).reverse();
    broken.push(
      ...brokenRules(attempts, heard[login]?.attempts ?? 0).map((sentence) => `${login}: ${sentence}`),
    );
  }
  return broken;
}
