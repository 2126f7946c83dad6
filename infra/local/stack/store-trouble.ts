import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';

/** What a request to the store can meet; only with `cut-after` is it done all the same. */
export type StoreTrouble = 'throttled' | 'failed' | 'cut-before' | 'cut-after';

const REFUSALS = {
  throttled: { status: 400, type: 'com.amazonaws.dynamodb.v20120810#ThrottlingException' },
  failed: { status: 500, type: 'com.amazonaws.dynamodb.v20120810#InternalServerError' },
} as const;

/** Lets a store's requests meet trouble; `next` is asked at every one of them. */
export function withTrouble(server: Server, next: () => StoreTrouble | undefined): Server {
  const [answer] = server.listeners('request') as RequestListener[];
  if (answer === undefined) throw new Error('The store does not answer requests.');
  server.removeAllListeners('request');
  return server.on('request', (request, response) => {
    const trouble = next();
    if (trouble === 'throttled' || trouble === 'failed') refuse(request, response, REFUSALS[trouble]);
    else if (trouble === 'cut-before') request.socket.destroy();
    else answer(request, trouble === 'cut-after' ? cutAtEnd(request, response) : response);
  });
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  { status, type }: (typeof REFUSALS)[keyof typeof REFUSALS],
): void {
  request.resume();
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify({ __type: type, message: 'trouble on purpose' }));
}

/** Nothing of the answer is sent before its end, so the client never learns that its request was done. */
function cutAtEnd(request: IncomingMessage, response: ServerResponse): ServerResponse {
  response.end = () => {
    request.socket.destroy();
    return response;
  };
  return response;
}
