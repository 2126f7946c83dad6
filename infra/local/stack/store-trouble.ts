import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';

/** Trouble that a request to the store can meet. The request is carried out only with `cut-after`. */
export type StoreTrouble = 'throttled' | 'failed' | 'cut-before' | 'cut-after';

const REFUSALS = {
  throttled: { status: 400, type: 'com.amazonaws.dynamodb.v20120810#ThrottlingException' },
  failed: { status: 500, type: 'com.amazonaws.dynamodb.v20120810#InternalServerError' },
} as const;

/** Makes a store's requests meet trouble; `next` is called at every request. */
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

/**
 * Cuts the connection in the place of the answer's end. No part of the answer is sent before, so the client
 * never learns that its request was carried out.
 */
function cutAtEnd(request: IncomingMessage, response: ServerResponse): ServerResponse {
  response.end = () => {
    request.socket.destroy();
    return response;
  };
  return response;
}
