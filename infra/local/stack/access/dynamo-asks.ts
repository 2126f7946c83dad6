import { z } from 'zod';
import { attributesIn, type Names, valueOfKey } from './dynamo-expressions.ts';
import type { Ask } from './policy.ts';

/** A table as requests name it: its ARN, and the partition keys of the table and of its indexes. */
export interface TableKeys {
  readonly arn: string;
  readonly partitionKey: string;
  readonly indexes: Readonly<Record<string, string>>;
}

type Value = Readonly<Record<string, unknown>>;
const Item = z.record(z.string(), z.record(z.string(), z.unknown()));
const Keys = z.object({ Keys: z.array(Item), ProjectionExpression: z.string().optional() });

/** The parts of requests that permissions depend on. */
const Request = z.object({
  TableName: z.string().optional(),
  IndexName: z.string().optional(),
  Key: Item.optional(),
  Item: Item.optional(),
  Select: z.string().optional(),
  ReturnValues: z.string().optional(),
  ProjectionExpression: z.string().optional(),
  KeyConditionExpression: z.string().optional(),
  FilterExpression: z.string().optional(),
  UpdateExpression: z.string().optional(),
  ConditionExpression: z.string().optional(),
  ExpressionAttributeNames: z.record(z.string(), z.string()).optional(),
  ExpressionAttributeValues: Item.optional(),
});
type Request = z.output<typeof Request>;

const BatchGet = z.object({
  RequestItems: z.record(
    z.string(),
    Keys.extend({ ExpressionAttributeNames: z.record(z.string(), z.string()).optional() }),
  ),
});
const Write = z.object({
  PutRequest: z.object({ Item }).optional(),
  DeleteRequest: z.object({ Key: Item }).optional(),
});
const BatchWrite = z.object({ RequestItems: z.record(z.string(), z.array(Write)) });

const READS = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan']);

/**
 * The permissions that a request to DynamoDB needs, one per table. Its attributes are all that the request
 * names: in keys, items, projections, updates, filters and conditions. A read without a projection selects
 * all attributes. Throws for an unknown table.
 */
export function dynamoAsks(
  operation: string,
  { input, tableOf }: { input: unknown; tableOf: (name: string) => TableKeys },
): Ask[] {
  if (operation === 'BatchGetItem') {
    return Object.entries(BatchGet.parse(input).RequestItems).map(([name, part]) => {
      const table = tableOf(name);
      const { Keys, ProjectionExpression, ExpressionAttributeNames } = part;
      const attributes = [
        ...Keys.flatMap(Object.keys),
        ...attributesIn(ProjectionExpression, ExpressionAttributeNames),
      ];
      const leading = Keys.map((key) => key[table.partitionKey]);
      return ask(operation, { table, attributes, leading, select: selectOf({ ProjectionExpression }) });
    });
  }
  if (operation === 'BatchWriteItem') {
    return Object.entries(BatchWrite.parse(input).RequestItems).map(([name, writes]) => {
      const table = tableOf(name);
      const items = writes.map(
        ({ PutRequest, DeleteRequest }) => PutRequest?.Item ?? DeleteRequest?.Key ?? {},
      );
      const leading = items.map((item) => item[table.partitionKey]);
      return ask(operation, { table, attributes: items.flatMap(Object.keys), leading });
    });
  }
  const request = Request.parse(input);
  const table = tableOf(request.TableName ?? '');
  return [
    ask(operation, {
      table,
      index: request.IndexName,
      attributes: attributesOf(request),
      leading: [leadingOf(request, table)],
      ...(READS.has(operation) && { select: selectOf(request) }),
      returnValues: request.ReturnValues,
    }),
  ];
}

function ask(
  operation: string,
  {
    table,
    index,
    attributes,
    leading,
    select,
    returnValues,
  }: {
    table: TableKeys;
    index?: string | undefined;
    attributes: readonly string[];
    leading: readonly (Value | undefined)[];
    select?: string | undefined;
    returnValues?: string | undefined;
  },
): Ask {
  const keys = leading.flatMap((value) => (value === undefined ? [] : [String(Object.values(value)[0])]));
  return {
    action: `dynamodb:${operation}`,
    resource: index === undefined ? table.arn : `${table.arn}/index/${index}`,
    context: {
      'dynamodb:Attributes': [...new Set(attributes)],
      'dynamodb:LeadingKeys': keys.length === 0 ? undefined : [...new Set(keys)],
      'dynamodb:Select': select === undefined ? undefined : [select],
      'dynamodb:ReturnValues': returnValues === undefined ? undefined : [returnValues],
    },
  };
}

function attributesOf(request: Request): string[] {
  const names: Names = request.ExpressionAttributeNames;
  const expressions = [
    request.ProjectionExpression,
    request.KeyConditionExpression,
    request.FilterExpression,
    request.UpdateExpression,
    request.ConditionExpression,
  ];
  return [
    ...Object.keys(request.Key ?? {}),
    ...Object.keys(request.Item ?? {}),
    ...expressions.flatMap((expression) => attributesIn(expression, names)),
  ];
}

function leadingOf(request: Request, table: TableKeys): Value | undefined {
  const key = request.IndexName === undefined ? table.partitionKey : table.indexes[request.IndexName];
  if (key === undefined) return undefined;
  const {
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
    KeyConditionExpression,
  } = request;
  const placeholder = valueOfKey(KeyConditionExpression, { key, names });
  return request.Key?.[key] ?? request.Item?.[key] ?? values?.[placeholder ?? ''];
}

const selectOf = ({
  Select,
  ProjectionExpression,
}: {
  Select?: string | undefined;
  ProjectionExpression?: string | undefined;
}) => Select ?? (ProjectionExpression === undefined ? 'ALL_ATTRIBUTES' : 'SPECIFIC_ATTRIBUTES');
