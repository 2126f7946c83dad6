import { readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { bundle, folderOf, OUTPUT } from './bundle.ts';
import { openApiDocument } from './openapi.ts';
import { type Resources, throttle } from './throttle.ts';

/** The parts of a Serverless Framework instance that this plugin uses. */
interface Framework {
  serviceDir: string;
  service: {
    functions: Record<string, { handler: string; package?: { artifact: string } }>;
    provider: { compiledCloudFormationTemplate: { Resources: Resources } };
  };
  pluginManager: { plugins: readonly object[] };
}

/** The framework's own packager: zips files, without the folder in their names. Returns the path of the zip. */
interface Packager {
  zipFiles(files: readonly string[], name: string, folder: string): Promise<string>;
}

/** Bundles the TypeScript handlers before packaging, and zips each bundle with its folder as the root of the zip. */
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
  const packager = packagerOf(framework);
  for (const definition of functions) {
    const folder = join(framework.serviceDir, folderOf(definition.handler));
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
    definition.package = { artifact: await packager.zipFiles(files, `${basename(folder)}.zip`, folder) };
  }
}

function packagerOf({ pluginManager }: Framework): Packager {
  const isPackager = (plugin: object): plugin is Packager =>
    plugin.constructor.name === 'Package' && 'zipFiles' in plugin;
  const packager = pluginManager.plugins.find(isPackager);
  if (packager === undefined) throw new Error('This version of the framework zips in another way.');
  return packager;
}
