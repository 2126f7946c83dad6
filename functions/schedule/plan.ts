import { wakeSenders } from '../core/delivery/wake.ts';
import { plan } from '../core/run/plan.ts';
import { planDeps } from '../entry/plan-deps.ts';
import { bothEnded, scheduleHandler } from '../entry/schedule.ts';

const deps = planDeps();

export const handler = scheduleHandler(async ({ outOfTime }) => {
  const use = { ...deps, outOfTime };
  const [sent, woken] = await bothEnded(plan(use), wakeSenders(use));
  if (sent + woken > 0) deps.log.info('planned', { sent, woken });
});
