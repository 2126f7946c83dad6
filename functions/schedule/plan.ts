import { allEnded } from '../core/base/batches.ts';
import { wakeSenders } from '../core/delivery/wake.ts';
import { planErasures } from '../core/run/erase.ts';
import { plan } from '../core/run/plan.ts';
import { planRetention } from '../core/run/retention.ts';
import { planDeps } from '../entry/plan-deps.ts';
import { scheduleHandler } from '../entry/schedule.ts';

const deps = planDeps();

export const handler = scheduleHandler(async ({ outOfTime }) => {
  const withTime = { ...deps, outOfTime };
  const [sent, woken, erasures, old] = await allEnded([
    plan(withTime),
    wakeSenders(withTime),
    planErasures(withTime),
    planRetention(withTime),
  ]);
  if (sent + woken + erasures + old > 0) deps.log.info('planned', { sent, woken, erasures, old });
});
