import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { createClientAsync } from 'soap';
import { Decoder } from '../../functions/webapi/decode.ts';
import { OPERATIONS } from '../../functions/webapi/operations.ts';
import { MARKETPLACE_PRESETS, type WebapiSettings } from '../../functions/webapi/presets.ts';
import { readReply } from '../../functions/webapi/reply.ts';
import { parseXml } from '../../functions/webapi/xml.ts';
import { AS_DEPLOYED } from '../../infra/build/bundle.ts';
import { createOperations } from '../support/webapi.ts';
import {
  hasRealWsdls,
  manyOf,
  PAGES,
  type Page,
  plainWsdl,
  responseOf,
  SERVICES,
  type Service,
} from './documents.ts';
import { hostileDocuments } from './hostile.ts';
import { cold, rate, warm } from './measure.ts';
import type { Figure } from './report.ts';

/**
 * Benchmarks of the wire beside the `soap` package alone (createClient on the full WSDL, axios), in one run:
 * `npm run bench [-- part of a name]`.
 */
interface Row {
  readonly name: string;
  readonly ours: number;
  readonly plain?: number;
  readonly unit: 'ms' | 'calls/s';
  /** Upper bound of the ratio to the plain package, or of our own figure if there is no other. */
  readonly goal?: number;
}

const MEGABYTE = 2 ** 20;
const HANDLE = '00112233445566778899aabbccddeeff00112233aa//01_1';
const EMPTY_PAGE = 'doGetSiteJournalDeals__nothing_new';
let folder = '';

const settingsFor = ({ dialect, namespace }: Service, endpoint: string): WebapiSettings => ({
  ...MARKETPLACE_PRESETS.allegro,
  dialect: dialect.id,
  namespace,
  endpoint,
});

async function save(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

async function bundledWebapi(): Promise<string> {
  const outfile = join(folder, 'webapi.cjs');
  await build({
    entryPoints: [fileURLToPath(new URL('../support/webapi.ts', import.meta.url))],
    outfile,
    ...AS_DEPLOYED,
  });
  return outfile;
}

async function withServer<T>(body: string, measure: (endpoint: string) => Promise<T>): Promise<T> {
  const script = fileURLToPath(new URL('static-server.ts', import.meta.url));
  const server = spawn(process.execPath, [script, await save('reply.xml', body)]);
  try {
    const port = await new Promise<string>((resolve) =>
      server.stdout.once('data', (data) => resolve(`${data}`)),
    );
    return await measure(`http://127.0.0.1:${port.trim()}/service.php`);
  } finally {
    server.kill();
  }
}

/** `soap` as it lies in node_modules, and bundled in one file as our own code is, but with all its parts. */
const installedSoap = createRequire(import.meta.url).resolve('soap');

async function bundledSoap(): Promise<string> {
  const outfile = join(folder, 'soap.cjs');
  await build({ entryPoints: [installedSoap], outfile, ...AS_DEPLOYED, plugins: [] });
  return outfile;
}

async function coldImport(): Promise<Row[]> {
  const script = (path: string) =>
    `const start = performance.now(); require(${JSON.stringify(path)}); console.log(performance.now() - start);`;
  const [ours = 0, bundled = 0, installed = 0] = await cold([
    await save('import-ours.cjs', script(await bundledWebapi())),
    await save('import-bundled.cjs', script(await bundledSoap())),
    await save('import-installed.cjs', script(installedSoap)),
  ]);
  return [
    { name: 'cold import, both bundled', ours, plain: bundled, unit: 'ms' },
    { name: 'cold import, soap from node_modules', ours, plain: installed, unit: 'ms' },
  ];
}

/** Time from the start of the process, with Node's own start-up. */
async function coldReply(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const service of SERVICES) {
    const [ours = 0, bundled = 0, installed = 0] = await coldReplies(service);
    const name = (how: string) => `cold process to first reply, ${how}, ${service.dialect.id}`;
    rows.push(
      { name: name('both bundled'), ours, plain: bundled, unit: 'ms', goal: 0.4 },
      { name: name('soap from node_modules'), ours, plain: installed, unit: 'ms' },
    );
  }
  return rows;
}

const coldReplies = (service: Service): Promise<number[]> =>
  withServer(responseOf(EMPTY_PAGE, service), async (endpoint) => {
    const done = '.then(() => { console.log(performance.now()); process.exit(); })';
    const settings = JSON.stringify(settingsFor(service, endpoint));
    const ours = `const { createOperations } = require(${JSON.stringify(await bundledWebapi())});
      createOperations(${settings}).call('doGetSiteJournalDeals', { sessionId: '${HANDLE}' }, { timeoutMillis: 5000 })${done}`;
    const wsdl = await save('plain.wsdl', plainWsdl(service));
    const plain = (soap: string) => `const { createClientAsync } = require(${JSON.stringify(soap)});
      createClientAsync(${JSON.stringify(wsdl)}, {}, '${endpoint}')
        .then((client) => client.doGetSiteJournalDealsAsync({ ${service.dialect.field('sessionId').replace(/.*/, "'$&'")}: '${HANDLE}' }))${done}`;
    return cold([
      await save('reply-ours.cjs', ours),
      await save('reply-bundled.cjs', plain(await bundledSoap())),
      await save('reply-installed.cjs', plain(installedSoap)),
    ]);
  });

/** Time from the text of a reply to values; ours are exact, the plain package's as it gives them. */
async function parsing(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const page of PAGES) {
    rows.push(...(await eachService(`parse ${page.name}`, (service) => parsingOf(page, service))));
  }
  return rows;
}

async function parsingOf({ operation, fixture, count }: Page, service: Service): Promise<Omit<Row, 'name'>> {
  const body = Buffer.from(manyOf(fixture, { service, count }));
  const client = await createClientAsync(await save('plain.wsdl', plainWsdl(service)));
  const wsdl = Reflect.get(client, 'wsdl') as { xmlToObject(xml: string): unknown };
  const decoder = new Decoder(service.dialect);
  const read = () => {
    const reply = { status: 200, contentType: undefined, body };
    const reading = readReply(reply, service.dialect.responseElement(operation));
    if ('fault' in reading) throw new Error('a fault');
    return decoder.fields(OPERATIONS[operation].response, reading.response);
  };
  const [list] = Object.values(read());
  if (list?.length !== count) throw new Error(`${list?.length} items instead of ${count}`);
  const [ours = 0, plain = 0] = await warm([read, () => wsdl.xmlToObject(body.toString('utf8'))]);
  return { ours, plain, unit: 'ms', ...(service.dialect.id === 'document-literal' && { goal: 1 }) };
}

function throughput(): Promise<Row[]> {
  return eachService('calls', (service) =>
    withServer(responseOf(EMPTY_PAGE, service), async (endpoint) => {
      const operations = createOperations(settingsFor(service, endpoint));
      const client = await createClientAsync(await save('plain.wsdl', plainWsdl(service)), {}, endpoint);
      const ours = await rate(() =>
        operations.call('doGetSiteJournalDeals', { sessionId: HANDLE }, { timeoutMillis: 5_000 }),
      );
      const field = service.dialect.field('sessionId');
      const plain = await rate(() => client.doGetSiteJournalDealsAsync({ [field]: HANDLE }));
      return { ours, plain, unit: 'calls/s' };
    }),
  );
}

async function hostile(): Promise<Row[]> {
  // Four megabytes is the most that the transport accepts.
  return [1, 4].map((megabytes) => {
    const times = Object.entries(hostileDocuments(megabytes * MEGABYTE)).map(([name, text]) => ({
      name,
      // The better of two readings, so that a disturbance does not count as slowness.
      millis: Math.min(timeOfReading(text), timeOfReading(text)),
    }));
    const slowest = times.reduce((worst, one) => (one.millis > worst.millis ? one : worst));
    const name = `processor time of the slowest hostile document, ${megabytes} MB (${slowest.name})`;
    return { name, ours: slowest.millis, unit: 'ms', goal: 100 * megabytes } as const;
  });
}

/** Processor time of a reading in milliseconds, so that a busy machine does not count as slowness. */
function timeOfReading(text: string): number {
  const start = process.cpuUsage();
  try {
    parseXml(text);
  } catch {
    // A refused document counts like a read one.
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}

async function eachService(
  name: string,
  measure: (service: Service) => Promise<Omit<Row, 'name'>>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const service of SERVICES) {
    rows.push({ name: `${name}, ${service.dialect.id}`, ...(await measure(service)) });
  }
  return rows;
}

const PARTS = { import: coldImport, reply: coldReply, parse: parsing, calls: throughput, hostile };

/** Names of the parts of the bench. */
export const WIRE_BENCHES = Object.keys(PARTS);

function verdict({ ours, plain, goal }: Row): string {
  if (goal === undefined) return '';
  const figure = plain === undefined ? ours : ours / plain;
  return `${figure <= goal ? 'met' : 'MISSED'} (at most ${goal})`;
}

/** Runs a part of the bench, or all. */
export async function benchWire(part?: string): Promise<Figure[]> {
  const chosen = Object.entries(PARTS).filter(([name]) => part === undefined || name === part);
  folder = await mkdtemp(join(tmpdir(), 'klamka-bench-'));
  const rows: Row[] = [];
  for (const [, bench] of chosen) rows.push(...(await bench()));
  console.log(
    `beside soap on ${hasRealWsdls() ? 'the full real WSDLs' : 'our own full WSDLs'}, Node ${process.version}`,
  );
  console.table(
    rows.map((row) => ({
      what: row.name,
      ours: row.ours.toFixed(2),
      plain: row.plain?.toFixed(2) ?? '',
      unit: row.unit,
      ratio: row.plain === undefined ? '' : (row.ours / row.plain).toFixed(2),
      goal: verdict(row),
    })),
  );
  await rm(folder, { recursive: true });
  return rows.flatMap(figuresOf);
}

function figuresOf({ name, ours, plain, unit }: Row): Figure[] {
  const better = unit === 'ms' ? 'less' : 'more';
  const beside = { name: `${name}: beside plain soap`, value: ours / (plain ?? 1), better } as const;
  return [{ name: `${name}, ${unit}`, value: ours, better }, ...(plain === undefined ? [] : [beside])];
}
