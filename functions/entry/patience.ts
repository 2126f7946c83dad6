import { plus } from '../core/base/time.ts';
import { clock } from './basics.ts';
import { secondsSetting } from './settings.ts';

const LOOK_EVERY = 250;

/** How long a request waits for a marketplace or for news, at most: the gateway answers for us after thirty seconds. */
export const longestWaitMillis = (): number => secondsSetting('API_WAIT_SECONDS');

/** How long from now on, and how often to look meanwhile. */
export const patience = () => ({
  untilMillis: plus(clock(), longestWaitMillis()),
  lookEveryMillis: LOOK_EVERY,
});
