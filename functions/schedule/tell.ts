import { sweepKeys } from '../core/admin/keys.ts';
import { tellPeople } from '../core/notices/tell.ts';
import { scheduleHandler } from '../entry/schedule.ts';
import { tellDeps } from '../entry/tell-deps.ts';

const deps = tellDeps();

export const handler = scheduleHandler(async () => {
  await tellPeople(deps);
  await sweepKeys(deps);
});
