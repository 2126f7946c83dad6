import { wakeSenders } from '../core/delivery/wake.ts';
import { plan } from '../core/run/plan.ts';
import { planRetention } from '../core/run/retention.ts';
import { planDeps } from '../entry/plan-deps.ts';
import { allEnded, scheduleHandler } from '../entry/schedule.ts';

const deps = planDeps();

export const handler = scheduleHandler(async ({ outOfTime }) => {
  const use = { ...deps, outOfTime };
  const [sent, woken, old] = await allEnded([plan(use), wakeSenders(use), planRetention(use)]);
  if (sent + woken + old > 0) deps.log.info('planned', { sent, woken, old });
});
