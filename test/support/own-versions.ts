import type { Operations } from '../../infra/local/stack/aws-json.ts';

/** Operations of a secret store that ignores ClientRequestToken and names each version itself, as some emulators do. */
export const withoutTokens = (operations: Operations): Operations =>
  Object.fromEntries(
    Object.entries(operations).map(([target, run]) => [
      target,
      (input) => run({ ...(input as object), ClientRequestToken: undefined }),
    ]),
  );
