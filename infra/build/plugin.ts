import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { bundle, OUTPUT } from './bundle.ts';
import { openApiDocument } from './openapi.ts';
import { type Resources, throttle } from './throttle.ts';

/** The parts of a Serverless Framework instance that this plugin uses. */
interface Framework {
  serviceDir: string;
  service: {
    functions: Record<string, { handler: string; package?: object }>;
    provider: { compiledCloudFormationTemplate: { Resources: Resources } };
  };
}

/** Bundles the TypeScript handlers before packaging, and lets only the bundles be zipped. */
export default class BundlePlugin {
  readonly hooks: Record<string, () => Promise<void>>;

  constructor(framework: Framework) {
    this.hooks = {
      'before:package:createDeploymentArtifacts': () => prepare(framework),
      'before:package:finalize': async () =>
        throttle(framework.service.provider.compiledCloudFormationTemplate.Resources),
    };
  }
}

async function prepare(framework: Framework): Promise<void> {
  const functions = Object.values(framework.service.functions);
  const document = JSON.stringify(openApiDocument(packageJson));
  await bundle(
    framework.serviceDir,
    functions.map(({ handler }) => handler),
    { OPENAPI_DOCUMENT: JSON.stringify(document) },
  );
  await writeFile(join(framework.serviceDir, OUTPUT, 'openapi.json'), document);
  for (const definition of functions) {
    const name = basename(definition.handler.replace(/\.[^./]+$/, ''));
    const folder = join(OUTPUT, name);
    definition.handler = join(folder, definition.handler);
    definition.package = { individually: true, patterns: ['!**', `${folder}/**`] };
  }
}
