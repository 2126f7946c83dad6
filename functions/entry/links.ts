import { optionalSetting } from './settings.ts';

/**
 * Where something of ours is found. With the API's own name where it has one, else below the address that was called.
 */
export const linkTo = (path: `/v1/${string}`): string => `${optionalSetting('PUBLIC_URL') ?? ''}${path}`;
