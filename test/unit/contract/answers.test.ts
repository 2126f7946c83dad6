import { describe, expect, it } from 'vitest';
import { contractFaults } from '../../support/contract.ts';

const json = { 'content-type': 'application/json; charset=utf-8' };
const key = { integrationKeyId: 'k1', label: 'ERP', createdAt: '2026-11-22T18:20:04.811Z', trouble: null };
const text = { pl: 'Nie ma.', en: 'There is none.' };
const problem = (changes: object = {}) => ({
  type: 'urn:klamka:problem:not-found',
  status: 404,
  title: 'Not found',
  detail: text.en,
  message: text,
  ...changes,
});
const answered = (status: number, body: unknown, headers: Record<string, string> = json) =>
  contractFaults({
    routeKey: 'PUT /v1/integration-keys/{keyId}',
    answer: { status, headers, body: JSON.stringify(body) },
  });
const asProblem = { 'content-type': 'application/problem+json; charset=utf-8' };

describe('an answer of the API', () => {
  it('passes where the contract has it', () => {
    expect(answered(200, key)).toEqual([]);
    expect(answered(404, problem(), asProblem)).toEqual([]);
  });

  it.each([
    ['shows a field that the contract does not name', 200, { ...key, versionKeys: {} }, 'more than'],
    ['lacks a field', 200, { ...key, label: undefined }, 'label'],
    ['has a moment that is none', 200, { ...key, createdAt: 'yesterday' }, 'createdAt'],
    ['has a status that the contract does not name', 201, key, 'is not in its contract'],
  ])('fails where it %s', (_, status, body, fault) => {
    expect(answered(status, body).join()).toContain(fault);
  });

  it.each([
    ['of another operation', problem({ type: 'urn:klamka:problem:feed-restored' }), 'not in its contract'],
    ['with more than its fields', problem({ stack: 'at x.ts' }), 'more than'],
    ['that names an operation by its id', problem({ detail: 'See {keys.list}.' }), 'by its id'],
  ])('fails where it is a problem %s', (_, body, fault) => {
    expect(answered(404, body, asProblem).join()).toContain(fault);
  });

  it('fails where a problem is not sent as one, or has the status of another', () => {
    expect(answered(404, problem())).toEqual(['keys.replace answered 404: no problem JSON']);
    expect(answered(409, problem(), asProblem).join()).toContain('not the status');
  });

  it('fails on a route that the contract does not have', () => {
    const answer = { status: 200, headers: json, body: '{}' };
    expect(contractFaults({ routeKey: 'GET /v1/nothing', answer })).toHaveLength(1);
  });
});
