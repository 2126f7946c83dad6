#!/usr/bin/env node
// The `curl` of the steps in infra/DEPLOY.md, for options that they use. Calls that go to the API's own name, which the
// emulator serves without DNS and TLS, go to its port instead.
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    silent: { type: 'boolean', short: 's' },
    fail: { type: 'boolean', short: 'f' },
    request: { type: 'string', short: 'X' },
    header: { type: 'string', short: 'H', multiple: true, default: [] },
    data: { type: 'string', short: 'd', multiple: true, default: [] },
    user: { type: 'string', short: 'u' },
    output: { type: 'string', short: 'o' },
    'write-out': { type: 'string', short: 'w', default: '' },
  },
});
const [url = ''] = positionals;
const served = url.replace(
  /^https:\/\/(\w+)\.execute-api\.[\w.-]+\.com/,
  `${process.env.AWS_ENDPOINT_URL}/_aws/execute-api/$1`,
);
const body = values.data.length === 0 ? undefined : values.data.join('&');
const answer = await fetch(served, {
  method: values.request ?? (body === undefined ? 'GET' : 'POST'),
  headers: {
    ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
    ...(values.user !== undefined && {
      authorization: `Basic ${Buffer.from(values.user).toString('base64')}`,
    }),
    ...Object.fromEntries(values.header.map((line) => line.split(/:\s*/, 2))),
  },
  body,
});
const text = await answer.text();
if (values.output === undefined) process.stdout.write(text);
else await writeFile(values.output, text);
process.stdout.write(values['write-out'].replace('%{http_code}', String(answer.status)));
if (values.fail === true && !answer.ok) {
  process.stderr.write(`curl: ${served} answered ${answer.status}\n`);
  process.exitCode = 22;
}
