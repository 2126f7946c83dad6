import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import type { TrueOrder } from '../../../infra/local/simulator/world/truth.ts';
import { play } from '../../unit/simulator/kit.ts';

const ROOT = join(import.meta.dirname, '../../..');
const PYTHON = process.env.KLAMKA_PYTHON ?? join(ROOT, '.klamka/venv/bin/python');

const DIALECTS = [
  { dialect: 'doclit', path: '/service.php', wsdl: 'allegro-service-document-literal.wsdl', operations: 29 },
  { dialect: 'rpc', path: '/uploader.php', wsdl: 'aukro-uploader-rpc-encoded.wsdl', operations: 28 },
].map((one) => ({ ...one, wsdl: join(ROOT, '../shared/wsdl', one.wsdl) }));

const missing = whatIsMissing();

function whatIsMissing(): string | undefined {
  if (!DIALECTS.every(({ wsdl }) => existsSync(wsdl))) return '../shared/wsdl is not here';
  if (spawnSync(PYTHON, ['-c', 'import zeep']).status !== 0) return 'no Python with zeep, see .ci/run';
  return undefined;
}

interface Result {
  readonly outcomes: Record<string, string>;
  readonly events: Record<string, number>[];
  readonly forms: Record<string, unknown>[];
}

async function runClient(job: object): Promise<Result> {
  const child = spawn(PYTHON, [join(import.meta.dirname, 'client.py')]);
  child.stdin.end(JSON.stringify(job));
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (output === '') throw new Error(errors);
  return JSON.parse(output);
}

const note = missing === undefined ? '' : ` (NOT CHECKED: ${missing})`;

it.each(DIALECTS)(
  `zeep, from the published $dialect WSDL, goes through every operation${note}`,
  async ({ dialect, path, wsdl, operations }) => {
    if (missing !== undefined) return console.warn(`No second opinion of zeep: ${missing}.`);
    const simulator = await play();
    const password = await simulator.seller('sklep');
    await simulator.control('POST buyers', { orders: 120 });
    const { orders } = await simulator.control<{ orders: TrueOrder[] }>('GET orders');
    const endpoint = `${simulator.url}${path}`;
    const job = { dialect, wsdl, endpoint, login: 'sklep', password, webapiKey: 'k0000test1' };
    const { outcomes, events, forms } = await runClient(job);

    const { doLoginWithAccessToken, doLoginEnc, ...others } = outcomes;
    expect([doLoginWithAccessToken, doLoginEnc]).toEqual(['ERR_USER_PASSWD', 'ERR_USER_PASSWD']);
    expect([...new Set(Object.values(others))]).toEqual(['ok']);
    expect(Object.keys(outcomes)).toHaveLength(operations);
    expect((await simulator.stats()).malformed).toBe(0);

    const dealIds = new Set(events.map(({ dealId }) => String(dealId)));
    const trueIds = orders.flatMap(({ lines }) =>
      lines.flatMap(({ purchases }) => purchases.map(({ purchaseId }) => purchaseId)),
    );
    expect([...dealIds].toSorted()).toEqual([...new Set(trueIds)].toSorted());
    expect(forms).toHaveLength(25);
    for (const form of forms) {
      const order = orders.find(({ orderId }) => orderId === `order:${form.postBuyFormId}`);
      expect(Math.round(Number(form.postBuyFormAmount) * 100)).toBe(order?.total.minor);
      expect(form.postBuyFormBuyerEmail).toBe(order?.buyer.email);
      // zeep reads an empty element as nothing at all, and keeps every space of the others.
      expect(form.postBuyFormMsgToSeller ?? '').toBe(order?.message);
    }
  },
  60_000,
);
