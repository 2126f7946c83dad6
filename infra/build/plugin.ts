import { basename, join } from 'node:path';
import { bundle, OUTPUT } from './bundle.ts';

/** The few parts of a Serverless Framework instance that we touch. */
interface Framework {
  serviceDir: string;
  service: { functions: Record<string, { handler: string; package?: object }> };
}

/** Makes the packaging bundle the TypeScript handlers and zip only the result. */
export default class BundlePlugin {
  readonly hooks: Record<string, () => Promise<void>>;

  constructor(framework: Framework) {
    this.hooks = { 'before:package:createDeploymentArtifacts': () => prepare(framework) };
  }
}

async function prepare(framework: Framework): Promise<void> {
  const functions = Object.values(framework.service.functions);
  await bundle(
    framework.serviceDir,
    functions.map(({ handler }) => handler),
  );
  for (const definition of functions) {
    const name = basename(definition.handler.replace(/\.[^./]+$/, ''));
    const folder = join(OUTPUT, name);
    definition.handler = join(folder, definition.handler);
    definition.package = { individually: true, patterns: ['!**', `${folder}/**`] };
  }
}
