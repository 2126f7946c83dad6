import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const FILE = join(import.meta.dirname, '..', 'fixtures', 'events', 'order-events.v1.json');

interface ObjectSchema {
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The published schema of the events on the bus. */
export async function eventContract() {
  const schema = JSON.parse(await readFile(FILE, 'utf8'));
  const contract = z.fromJSONSchema(schema);
  const detail: ObjectSchema = schema.properties.detail;
  return {
    detail,
    /** Texts of the ways in which an event breaks the schema; none for a valid event. */
    faultsOf(event: { type: string; detail: unknown }): string[] {
      const result = contract.safeParse({ 'detail-type': event.type, detail: event.detail });
      return result.success
        ? []
        : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    },
  };
}
