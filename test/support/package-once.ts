import { join } from 'node:path';
import { packageService } from '../../infra/local/package.ts';

/** Integration tests run the packaged service, so it is made before any of them starts. */
export async function setup(): Promise<void> {
  await packageService(join(import.meta.dirname, '..', '..'));
}
