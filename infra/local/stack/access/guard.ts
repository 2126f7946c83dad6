import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { readBody } from '../loopback.ts';
import { asksOf, type Directory } from './asks.ts';
import { type Ask, allowedBy, type Statement } from './policy.ts';
import type { FunctionRole } from './roles.ts';

/** A request that the role of its function does not allow. */
export interface Denial {
  readonly functionName: string;
  readonly ask: Ask;
}

/** An action in a statement of a function's role, with the use made of it. */
export interface Permission {
  readonly functionName: string;
  readonly action: string;
  readonly resources: readonly string[];
  readonly uses: number;
  /** Attributes that the statement allows and no request has named. */
  readonly unnamed: readonly string[];
}

export interface Rules {
  readonly directory: Directory;
  /** Statements of each function's role, by the function's name. */
  readonly roles: ReadonlyMap<string, FunctionRole>;
  /** Statements of each key's policy, by the key's ARN. */
  readonly keys: ReadonlyMap<string, readonly Statement[]>;
}

/** Use made of a statement: how often each action was taken, and which attributes were named. */
interface Tally {
  readonly actions: Map<string, number>;
  readonly attributes: Set<string>;
}

const ATTRIBUTES = 'dynamodb:Attributes';
const LIMIT_BYTES = 20 * 1024 * 1024;
/**
 * Prefix of the access keys of functions, followed by the function's name. All other keys belong to people.
 */
const OF_FUNCTION = 'LOCAL-';

export const accessKeyOf = (functionName: string): string => `${OF_FUNCTION}${functionName}`;

/**
 * Stands before the services that play AWS, and refuses a request that the caller's role in the template does
 * not allow, as AWS would. A role that is too narrow would otherwise stop the product only once it is
 * deployed.
 */
export class Guard {
  readonly denials: Denial[] = [];
  readonly #uses = new Map<Statement, Tally>();
  readonly #log: (text: string) => void;
  #rules: Rules | undefined;

  constructor(log: (text: string) => void) {
    this.#log = log;
  }

  /** Judges requests of functions by these rules from now on. */
  enforce(rules: Rules): void {
    this.#rules = rules;
  }

  permissions(): Permission[] {
    return [...(this.#rules?.roles ?? [])].flatMap(([functionName, { statements }]) =>
      statements.flatMap((statement) => {
        const { actions, attributes } = this.#useOf(statement);
        const listed = statement.Condition['ForAllValues:StringEquals']?.[ATTRIBUTES] ?? [];
        return statement.Action.map((action) => ({
          functionName,
          action,
          resources: statement.Resource,
          uses: actions.get(action) ?? 0,
          unnamed: listed.filter((name) => !attributes.has(name)),
        }));
      }),
    );
  }

  /** Puts the guard before the listener that answers the server's requests. */
  before(server: Server): Server {
    const [answer] = server.listeners('request') as RequestListener[];
    if (answer === undefined) throw new Error('The server does not answer requests.');
    server.removeAllListeners('request');
    return server.on('request', (request, response) => {
      this.#handle(request, { response, answer }).catch((error: unknown) => {
        this.#log(`A permission could not be judged: ${error}`);
        response.destroy();
      });
    });
  }

  async #handle(
    request: IncomingMessage,
    { response, answer }: { response: ServerResponse; answer: RequestListener },
  ): Promise<void> {
    const functionName = callerOf(request);
    const rules = this.#rules;
    const role = functionName === undefined ? undefined : rules?.roles.get(functionName);
    if (functionName === undefined || rules === undefined || role === undefined)
      return answer(request, response);
    const body = await readBody(request, LIMIT_BYTES);
    if (body === undefined) return void response.destroy();
    const target = String(request.headers['x-amz-target']);
    const { directory, keys } = rules;
    const asks = asksOf(target, { input: JSON.parse(body.toString('utf8')), directory });
    const denied = asks.find((ask) => !this.#allows(ask, role.statements) || !keyAllows(ask, { keys, role }));
    if (denied === undefined) return answer(again(request, body), response);
    this.#deny({ functionName, ask: denied }, response);
  }

  #allows(ask: Ask, statements: readonly Statement[]): boolean {
    const statement = allowedBy(statements, ask);
    if (statement === undefined) return false;
    const { actions, attributes } = this.#useOf(statement);
    actions.set(ask.action, (actions.get(ask.action) ?? 0) + 1);
    for (const name of ask.context[ATTRIBUTES] ?? []) attributes.add(name);
    return true;
  }

  #useOf(statement: Statement): Tally {
    const tally = this.#uses.get(statement) ?? { actions: new Map(), attributes: new Set() };
    this.#uses.set(statement, tally);
    return tally;
  }

  #deny(denial: Denial, response: ServerResponse): void {
    const { functionName, ask } = denial;
    this.denials.push(denial);
    const what = `${ask.action} on ${ask.resource} ${JSON.stringify(ask.context)}`;
    this.#log(`${functionName} may not do this by its role (infra/access.yml): ${what}`);
    const message = `User: ${functionName} is not authorized to perform: ${ask.action} on resource: ${ask.resource}`;
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify({ __type: 'AccessDeniedException', message, Message: message }));
  }
}

/** Whether the policy of the key allows it too; of other resources, the role alone decides. */
function keyAllows(
  { action, resource, context }: Ask,
  { keys, role }: Pick<Rules, 'keys'> & { role: FunctionRole },
): boolean {
  if (!action.startsWith('kms:')) return true;
  const ask = { action, resource, context: { ...context, 'aws:PrincipalArn': [role.arn] } };
  return allowedBy(keys.get(resource) ?? [], ask) !== undefined;
}

/** The function whose access key has signed the request. */
function callerOf({ headers }: IncomingMessage): string | undefined {
  const [, key] = /Credential=([^/,\s]+)\//.exec(headers.authorization ?? '') ?? [];
  return key?.startsWith(OF_FUNCTION) ? key.slice(OF_FUNCTION.length) : undefined;
}

/** A copy of the request whose body can be read again. */
function again(request: IncomingMessage, body: Buffer): IncomingMessage {
  const { headers, rawHeaders, method, url, socket, httpVersion } = request;
  const stream = Readable.from([body], { objectMode: false });
  return Object.assign(stream, {
    headers,
    rawHeaders,
    method,
    url,
    socket,
    httpVersion,
  }) as unknown as IncomingMessage;
}
