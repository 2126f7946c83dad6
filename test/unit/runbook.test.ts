import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const text = (name: string) => readFile(join(ROOT, name), 'utf8');

/** A command for a function that was renamed would not stop it, and the person finds out in the middle of an incident. */
it('the runbook and the guide name functions and resources that exist', async () => {
  const declared = (await text('serverless.yml'))
    .match(/^ {2}\w+(?=:\n {4}handler:)/gm)
    ?.map((name) => name.trim());
  expect(declared?.length).toBeGreaterThan(10);
  const yml = ['data', 'messaging', 'keys', 'alarms', 'access'].map((name) => text(`infra/${name}.yml`));
  const resources = new Set((await Promise.all(yml)).flatMap((one) => one.match(/^ {2}\w+(?=:$)/gm) ?? []));
  const texts = (await text('infra/RUNBOOK.md')) + (await text('infra/DEPLOY.md'));
  const functions = [...texts.matchAll(/for f in ([\w ]+); do/g)].flatMap(([, names = '']) =>
    names.split(' '),
  );
  expect(functions.length).toBeGreaterThan(3);
  expect(functions.filter((name) => !declared?.includes(name))).toEqual([]);
  const named = [...texts.matchAll(/(?:--logical-resource-id|\bname) ([A-Z]\w+)/g)].map(
    ([, name = '']) => name,
  );
  expect(named.length).toBeGreaterThan(3);
  expect(named.filter((name) => !resources.has(`  ${name}`))).toEqual([]);
});
