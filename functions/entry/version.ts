import type { Account } from '../core/account/account.ts';
import { type MeantFor, versionOf } from '../core/admin/version.ts';

/** The `ETag` of an account. */
export const etagOf = (account: Account): string => `"${versionOf(account)}"`;

/** The versions in an `If-Match`. A weak or unknown tag matches no version, as RFC 9110 has it. */
export function meantFor(ifMatch: string | undefined): MeantFor {
  if (ifMatch === undefined || ifMatch === '*') return {};
  const tags = ifMatch.split(',').map((tag) => /^"(\d{1,15})"$/.exec(tag.trim())?.[1]);
  return { versions: tags.flatMap((tag) => (tag === undefined ? [] : [Number(tag)])) };
}
