import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { epochMillis } from '../core/base/time.ts';

/** The real clock, random numbers and ids, for cores that have none. */
export const clock = () => epochMillis(Date.now());
export const random = Math.random;
export const newId = (): string => randomUUID();
export const newShortId = (): string => randomBytes(10).toString('hex');
/** Whether a text has the form of our own ids, e.g. of an account. */
export const isShortId = (text: string): boolean => /^[0-9a-f]{20}$/.test(text);
export const sleep = async (millis: number): Promise<void> => {
  await setTimeout(millis);
};
