import { z } from 'zod';
import type { Declared } from './resources.ts';

export const Route = z.object({
  RouteKey: z.string(),
  Target: z.string(),
  AuthorizationType: z.string().default('NONE'),
});

export const Integration = z.object({
  IntegrationType: z.literal('AWS_PROXY'),
  IntegrationUri: z.string(),
  PayloadFormatVersion: z.literal('2.0'),
  TimeoutInMillis: z.coerce.number().default(30_000),
});
type Integration = z.output<typeof Integration>;

export interface Match {
  readonly routeKey: string;
  readonly functionArn: string;
  readonly timeoutMillis: number;
  readonly parameters: Readonly<Record<string, string>>;
}

interface CompiledRoute {
  readonly routeKey: string;
  readonly method: string;
  readonly path: RegExp;
  readonly names: readonly string[];
  /**
   * Rank of the route; lower is more exact: literal paths before variables before greedy variables before
   * `$default`.
   */
  readonly looseness: number;
  readonly integration: Integration;
}

/** The routes of an HTTP API with the functions behind them. */
export class Routes {
  readonly #routes: readonly CompiledRoute[];

  constructor(
    routes: readonly Declared<z.output<typeof Route>>[],
    integrations: readonly Declared<Integration>[],
  ) {
    const targets = new Map(
      integrations.map(({ identity, properties }) => [`integrations/${identity.name}`, properties]),
    );
    this.#routes = routes
      .map(({ properties }) => compile(properties, targets))
      .toSorted((one, other) => one.looseness - other.looseness);
  }

  /** The most exact route of a request, its path still percent-encoded. Throws URIError on a malformed encoding. */
  match(method: string, path: string): Match | undefined {
    for (const { routeKey, integration, names, ...route } of this.#routes) {
      const found = route.method === 'ANY' || route.method === method ? route.path.exec(path) : null;
      if (found === null) continue;
      const values = found.slice(1).map(decodeURIComponent);
      const parameters = Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
      return {
        routeKey,
        functionArn: integration.IntegrationUri,
        timeoutMillis: integration.TimeoutInMillis,
        parameters,
      };
    }
    return undefined;
  }
}

function compile(route: z.output<typeof Route>, targets: ReadonlyMap<string, Integration>): CompiledRoute {
  const integration = targets.get(route.Target);
  if (integration === undefined) throw new Error(`The route ${route.RouteKey} has no integration.`);
  const { RouteKey: routeKey } = route;
  if (routeKey === '$default') {
    return {
      routeKey,
      method: 'ANY',
      path: /^/,
      names: [],
      looseness: Number.POSITIVE_INFINITY,
      integration,
    };
  }
  const [method = '', path = ''] = routeKey.split(' ');
  const variables = [...path.matchAll(/\{([^}+]+)(\+?)\}/g)];
  const greedy = variables.filter(([, , plus]) => plus === '+').length;
  const looseness = greedy * 1000 + variables.length * 10 + (method === 'ANY' ? 1 : 0);
  const names = variables.map(([, name = '']) => name);
  return { routeKey, method, path: pathPattern(path), names, looseness, integration };
}

function pathPattern(path: string): RegExp {
  const pieces = path.split(/(\{[^}]+\})/).map((piece) => {
    if (!piece.startsWith('{')) return piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return piece.endsWith('+}') ? '(.+)' : '([^/]+)';
  });
  return new RegExp(`^${pieces.join('')}$`);
}
