import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { TEMPLATE_FILE } from '../../../infra/local/stack/template.ts';
import { commandsIn } from '../../e2e/guide.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const text = (name: string) => readFile(join(ROOT, name), 'utf8');

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string }>>;
  readonly Outputs: Readonly<Record<string, unknown>>;
}
const template = JSON.parse(await text(TEMPLATE_FILE)) as Template;
const guide = await text('infra/DEPLOY.md');
const commands = commandsIn(guide);
const infra = await readdir(join(ROOT, 'infra'));
/** Parts of the template that settings switch on and off. */
const variants = new Map(
  await Promise.all(
    infra
      .filter((name) => name.endsWith('.yml'))
      .map(async (name) => [name.replace('.yml', ''), await text(`infra/${name}`)] as const),
  ),
);
const outputsOf = (variant: string) =>
  variants
    .get(variant)
    ?.split(/^ *Outputs:\n/m)[1]
    ?.match(/\w+(?=:\n +Description:)/g);

/** Kinds that go with a resource of another kind, and are not listed by themselves. */
const PART_OF: Readonly<Record<string, string>> = {
  'AWS::ApiGatewayV2::ApiMapping': 'AWS::ApiGatewayV2::DomainName',
  'AWS::ApiGatewayV2::Integration': 'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Route': 'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Stage': 'AWS::ApiGatewayV2::Api',
  'AWS::Cognito::UserPoolClient': 'AWS::Cognito::UserPool',
  'AWS::Cognito::UserPoolDomain': 'AWS::Cognito::UserPool',
  'AWS::Cognito::UserPoolResourceServer': 'AWS::Cognito::UserPool',
  'AWS::EC2::InternetGateway': 'AWS::EC2::VPC',
  'AWS::EC2::NatGateway': 'AWS::EC2::VPC',
  'AWS::EC2::Route': 'AWS::EC2::VPC',
  'AWS::EC2::RouteTable': 'AWS::EC2::VPC',
  'AWS::EC2::SecurityGroup': 'AWS::EC2::VPC',
  'AWS::EC2::Subnet': 'AWS::EC2::VPC',
  'AWS::EC2::SubnetRouteTableAssociation': 'AWS::EC2::VPC',
  'AWS::EC2::VPCEndpoint': 'AWS::EC2::VPC',
  'AWS::EC2::VPCGatewayAttachment': 'AWS::EC2::VPC',
  'AWS::IAM::RolePolicy': 'AWS::IAM::Role',
  'AWS::Lambda::Permission': 'AWS::Lambda::Function',
  'AWS::S3::BucketPolicy': 'AWS::S3::Bucket',
  'AWS::SNS::TopicPolicy': 'AWS::SNS::Topic',
  'AWS::SQS::QueuePolicy': 'AWS::SQS::Queue',
};

describe('the removal', () => {
  it('is looked after for every kind of resource that a deployment may have', async () => {
    const declared = new Set([
      ...Object.values(template.Resources).map(({ Type }) => Type),
      ...[...variants.values()].flatMap((one) => one.match(/(?<=Type: )AWS::[\w:]+/g) ?? []),
    ]);
    expect(declared.size).toBeGreaterThan(40);
    const listed = new Set((await text('test/e2e/listing.py')).match(/(?<=")AWS::[\w:]+(?=")/g));
    const missing = [...declared].filter((kind) => !listed.has(PART_OF[kind] ?? kind));
    expect(missing).toEqual([]);
    expect(Object.keys(PART_OF).filter((kind) => !declared.has(kind))).toEqual([]);
  });

  it('notes the names of everything that is retained, and step 12 removes it', async () => {
    const retaining = /^ {2,4}\w+:\n(?: +(?!DeletionPolicy)\S.*\n| *#.*\n)*? +DeletionPolicy: Retain/gm;
    const kinds = [...variants.values()].flatMap((one) =>
      [...one.matchAll(retaining)].map(([found]) => found.match(/Type: (\S+)/)?.[1]),
    );
    expect(new Set(kinds)).toEqual(
      new Set([
        'AWS::Cognito::UserPool',
        'AWS::DynamoDB::Table',
        'AWS::EC2::EIP',
        'AWS::KMS::Key',
        'AWS::SecretsManager::Secret',
      ]),
    );
    const noted = new Map(
      [...(commands.get('Removal: the stack') ?? '').matchAll(/^note (\w+) "\$\(physical (\S+)\)"/gm)].map(
        ([, name = '', kind = '']) => [kind, name],
      ),
    );
    expect([...noted.keys()].toSorted()).toEqual([...new Set(kinds)].toSorted());
    for (const name of noted.values())
      expect(commands.get('Removal: what is retained')).toContain(`$${name}`);
  });
});

describe('the guide', () => {
  it('asks for outputs that the template has, those of a setting in the file of this setting', () => {
    const asked = new Set([...guide.matchAll(/\boutput ([A-Z]\w+)/g)].map(([, name = '']) => name));
    expect(asked.size).toBeGreaterThan(4);
    const inAllVariants = ['HttpApiUrl', 'RegistryTableName'];
    const bySetting = {
      'domain-on': ['DomainTarget'],
      'tokens-cognito': ['MachineClientId', 'TokenUrl', 'UserPoolId'],
    };
    expect([...asked].toSorted()).toEqual([...inAllVariants, ...Object.values(bySetting).flat()].toSorted());
    for (const name of [...inAllVariants, ...bySetting['tokens-cognito']])
      expect(template.Outputs).toHaveProperty(name);
    for (const [variant, names] of Object.entries(bySetting))
      expect(outputsOf(variant)?.toSorted(), variant).toEqual(names);
    for (const step of commands.keys())
      if (!/Cognito/.test(step))
        for (const name of bySetting['tokens-cognito'])
          expect(commands.get(step), step).not.toContain(`output ${name}`);
  });

  it('sets every variable that a command uses in a command before it, or tells the person to set it', () => {
    const set = new Set(['HOME']);
    const lacking: string[] = [];
    const told = new Set([...guide.matchAll(/`(?:read -rs )?([A-Z][A-Z_]+)`/g)].map(([, name]) => name));
    for (const [step, script] of commands) {
      if (/server of your own/.test(step)) continue;
      for (const [, name = ''] of script.matchAll(/\bnote ([A-Z_]+)/g)) set.add(name);
      for (const [name] of script.matchAll(/(?<![\w-])[A-Z][A-Z_]*(?=\+?=)/g)) set.add(name);
      for (const [, name = ''] of script.matchAll(/(?<!\\)\$\{?([A-Z][A-Z_]*)\b/g))
        if (!set.has(name)) lacking.push(name);
    }
    const person = new Set(lacking);
    expect([...person].toSorted()).toEqual(['EMAIL', 'INTEGRATION_KEY', 'LOGIN', 'PASSWORD']);
    expect([...person].filter((name) => !told.has(name))).toEqual([]);
  });

  it('waits for a table that is being made, and gives up with words after the minutes that it was given', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'klamka-guide-'));
    const active = commands.get('Settings')?.match(/^active\(\) \{[\s\S]*?^\}$/m)?.[0];
    /** The calls of `aws` until `active` returned, for a table that is ready at the call of this number. */
    const callsUntilReady = async (readyAt: number) => {
      const log = join(folder, String(readyAt));
      const script = `sleep() { :; }
        aws() { printf x >>'${log}'; [ "$(wc -c <'${log}')" -ge ${readyAt} ] && echo ACTIVE || echo CREATING; }
        ${active}
        active drill 1`;
      const ended = await promisify(execFile)('bash', ['-c', script]).then(
        () => 'ready',
        (error: { stderr: string }) => error.stderr,
      );
      return { ended, calls: (await readFile(log, 'utf8')).length };
    };
    expect(await callsUntilReady(7)).toEqual({ ended: 'ready', calls: 7 });
    // A look every five seconds for a minute.
    const never = await callsUntilReady(100);
    expect(never.calls).toBe(12);
    expect(never.ended).toContain('The table drill is not ready after 1 minutes');
    await rm(folder, { recursive: true });
  });
});
