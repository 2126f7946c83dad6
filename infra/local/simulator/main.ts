import { parseArgs } from 'node:util';
import { RPC_NAMESPACE, SANDBOX_NAMESPACE, type Simulator, startSimulator } from './simulator.ts';

const HELP = `Plays an Allegro-family marketplace: its SOAP WebAPI, sellers and buyers, on a loopback port.

  npm run simulator -- [options]

  --port N             port to listen on, 0 for any (default 8080)
  --seed S             makes chance repeatable (default 1)
  --state FILE         keeps the whole world in FILE over restarts
  --namespace URI      target namespace of service.php (default ${SANDBOX_NAMESPACE})
  --rpc-namespace URI  target namespace of uploader.php (default ${RPC_NAMESPACE})
  --advance SECONDS    how far the marketplace's clock is ahead at the start (default 0)
  --lenient            takes what an engine without a schema takes, for clients of others
  --quiet              print no line per call
  --help               print this

How to make sellers, buyers and trouble: infra/local/simulator/README.md
`;

const OPTIONS = {
  port: { type: 'string', default: '8080' },
  seed: { type: 'string', default: '1' },
  state: { type: 'string' },
  namespace: { type: 'string' },
  'rpc-namespace': { type: 'string' },
  advance: { type: 'string', default: '0' },
  lenient: { type: 'boolean' },
  quiet: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

class UsageError extends Error {
  override readonly name = 'UsageError';
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options.help) {
    process.stdout.write(HELP);
    return;
  }
  const simulator = await startSimulator({
    port: wholeNumber(options.port, { name: '--port', most: 65_535 }),
    advanceSeconds: wholeNumber(options.advance, { name: '--advance', most: 3_153_600_000 }),
    seed: options.seed,
    stateFile: options.state,
    namespace: options.namespace,
    rpcNamespace: options['rpc-namespace'],
    lenient: options.lenient,
    log: options.quiet ? undefined : (line) => console.log(line),
  });
  console.log(greeting(simulator.url));
  closeOnSignal(simulator);
}

function readOptions() {
  try {
    return parseArgs({ options: OPTIONS }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function wholeNumber(text: string, { name, most }: { name: string; most: number }): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > most)
    throw new UsageError(`${name} must be a whole number from 0 to ${most}`);
  return value;
}

const greeting = (url: string) => `Simulated marketplace: ${url}/service.php (document/literal)
                       ${url}/uploader.php (RPC/encoded)
Their WSDLs:           ?wsdl behind either
What really happened:  ${url}/_sim/stats

Try:
  curl -s ${url}/_sim/keys -d '{"key":"k0000test1"}'
  curl -s ${url}/_sim/sellers -d '{"login":"sklep_testowy","country":1,"twoStep":true}'
  curl -s ${url}/_sim/sellers/sklep_testowy/application-passwords -d '{"name":"Klamka"}'
  curl -s ${url}/_sim/buyers -d '{"orders":10}'

Ctrl-C ends it.`;

function closeOnSignal(simulator: Simulator): void {
  const close = async () => {
    await simulator.close();
    process.exitCode = 0;
  };
  process.once('SIGINT', close);
  process.once('SIGTERM', close);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  if (error instanceof UsageError) console.error('Try --help.');
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
