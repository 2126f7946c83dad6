import { sweepKeys } from '../core/admin/keys.ts';
import { notifyPeople } from '../core/notices/notify.ts';
import { notifyDeps } from '../entry/notify-deps.ts';
import { scheduleHandler } from '../entry/schedule.ts';

const deps = notifyDeps();

export const handler = scheduleHandler(async () => {
  await notifyPeople(deps);
  await sweepKeys(deps);
});
