import { expect, it } from 'vitest';
import { z } from 'zod';
import type { Scene } from '../scenarios/scene.ts';
import type { Deployment } from './deployment.ts';
import type { Stage } from './stage.ts';

interface Parts {
  readonly stage: Stage;
  readonly deployment: Deployment;
  readonly scene: Scene;
}

const Logs = z.object({
  events: z.array(z.object({ message: z.string() })),
  nextToken: z.string().optional(),
});

/** Looks for every secret that was handed over so far in logs, answers, events and what the guide printed. */
export async function expectNoSecrets({ stage, deployment, scene }: Parts): Promise<void> {
  const lines: string[] = [];
  for (const { ResourceType, PhysicalResourceId: name } of deployment.resources) {
    if (ResourceType !== 'AWS::Lambda::Function') continue;
    for (let nextToken: string | undefined, first = true; first || nextToken !== undefined; first = false) {
      const input = { logGroupName: `/aws/lambda/${name}`, ...(nextToken !== undefined && { nextToken }) };
      const page = Logs.parse(await stage.emulator.json('Logs_20140328.FilterLogEvents', input));
      lines.push(...page.events.map(({ message }) => message));
      nextToken = page.nextToken;
    }
  }
  expect(lines.length).toBeGreaterThan(20);
  const everything = [...lines, ...stage.said, JSON.stringify(await scene.orderEvents())].filter(
    // Shown once, to the caller who has made the webhook.
    (line) => !/"secret":"whsec_/.test(line),
  );
  expect(stage.secrets.size).toBeGreaterThanOrEqual(5);
  const short = [...stage.secrets].filter((secret) => secret.length < 8);
  expect(short, 'too short to be looked for').toEqual([]);
  const told = [...stage.secrets].filter((secret) => everything.some((line) => line.includes(secret)));
  expect(told).toEqual([]);
}

/** No secret is in a log of the emulator, in an answer, in an event or in what the guide printed. */
export function secretScenario(parts: () => Parts): void {
  it('are in no log, no answer, no event and nothing that the guide prints', async () => {
    expect(parts().stage.secrets.size).toBeGreaterThan(15);
    await expectNoSecrets(parts());
  });
}
