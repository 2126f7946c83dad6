import { plan } from '../core/sync/plan.ts';
import { planDeps } from '../entry/plan-deps.ts';
import { scheduleHandler } from '../entry/schedule.ts';

const deps = planDeps();

export const handler = scheduleHandler(async ({ outOfTime }) => {
  const sent = await plan({ ...deps, outOfTime });
  if (sent > 0) deps.log.info('planned', { sent });
});
