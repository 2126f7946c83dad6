import { allEnded } from '../core/base/batches.ts';
import { wakeSenders } from '../core/delivery/wake.ts';
import { plan } from '../core/run/plan.ts';
import { planRetention } from '../core/run/retention.ts';
import { planDeps } from '../entry/plan-deps.ts';
import { scheduleHandler } from '../entry/schedule.ts';

const deps = planDeps();

export const handler = scheduleHandler(async ({ outOfTime }) => {
  const withTime = { ...deps, outOfTime };
  const [sent, woken, old] = await allEnded([plan(withTime), wakeSenders(withTime), planRetention(withTime)]);
  if (sent + woken + old > 0) deps.log.info('planned', { sent, woken, old });
});
