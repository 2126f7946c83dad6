import { join } from 'node:path';
import { packageService } from '../../infra/local/package.ts';

/** Packages the service before any integration test starts, because the tests run the packaged functions. */
export async function setup(): Promise<void> {
  await packageService(join(import.meta.dirname, '..', '..'));
}
