import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

/** Answers every request with the file named on the command line, and prints its port. */
const body = readFileSync(process.argv[2] ?? '');
const server = createServer((message, response) => {
  message.resume().on('end', () => {
    response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8' });
    response.end(body);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(typeof address === 'object' ? address?.port : '');
});
