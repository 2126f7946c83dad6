import { correlated } from './correlation.ts';
import { publishCounts } from './metrics.ts';

/** An invocation of a function, under its correlation id; publishes what it counted, however it ends. */
export const invocation = <Result>(id: string, work: () => Promise<Result>): Promise<Result> =>
  correlated(id, () => work().finally(publishCounts));
