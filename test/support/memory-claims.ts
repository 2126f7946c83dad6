import type { Claim, ClaimName, ClaimStore } from '../../functions/core/access/login-log.ts';

/** Claims in memory, with the condition of the real store. */
export function memoryClaims(): ClaimStore {
  const claims = new Map<string, Claim>();
  const nameOf = ({ kind, identity, key }: ClaimName) => `${kind}/${identity}/${key}`;
  return {
    read: async (name) => claims.get(nameOf(name)),
    async write(name, claim) {
      if ((claims.get(nameOf(name))?.revision ?? 0) !== claim.revision - 1) return false;
      claims.set(nameOf(name), claim);
      return true;
    },
  };
}
