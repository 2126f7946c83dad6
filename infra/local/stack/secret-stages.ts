import { AwsError } from './aws-json.ts';
import type { StoredSecret } from './secret-file.ts';

export const CURRENT = 'AWSCURRENT';
export const PREVIOUS = 'AWSPREVIOUS';

export interface StageMove {
  VersionStage: string;
  MoveToVersionId?: string | undefined;
  RemoveFromVersionId?: string | undefined;
}

/** The labels of one version, sorted. */
export function stagesOf({ stages }: StoredSecret, id: string): string[] {
  return Object.keys(stages)
    .filter((label) => stages[label] === id)
    .toSorted();
}

/** Moves a label to a version. The version that loses AWSCURRENT gets AWSPREVIOUS. */
export function attach({ stages }: StoredSecret, { label, id }: { label: string; id: string }): void {
  const before = stages[label];
  if (before === id) return;
  stages[label] = id;
  if (label === CURRENT && before !== undefined) stages[PREVIOUS] = before;
}

/**
 * UpdateSecretVersionStage: the caller has to name the version that holds the label now, so that two callers
 * cannot race.
 */
export function moveStage(
  secret: StoredSecret,
  { VersionStage: label, MoveToVersionId: to, RemoveFromVersionId: from }: StageMove,
): void {
  const holder = secret.stages[label];
  for (const id of [to, from]) {
    if (id !== undefined && secret.versions[id] === undefined) {
      throw new AwsError(
        'ResourceNotFoundException',
        `Secrets Manager can't find the specified secret value for VersionId: ${id}`,
      );
    }
  }
  if (from !== undefined && from !== holder) {
    throw refused(
      `When you move staging label ${label}, if you specify RemoveFromVersionId, it must be set to the version that currently has the staging label ${label}.`,
    );
  }
  if (to === undefined) remove(secret, { label, from });
  else if (from === undefined && holder !== undefined && holder !== to) {
    throw refused(
      `The parameter RemoveFromVersionId can't be empty. Staging label ${label} is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
  } else attach(secret, { label, id: to });
}

function remove(
  { stages }: StoredSecret,
  { label, from }: { label: string; from: string | undefined },
): void {
  if (from === undefined) throw refused('You must specify MoveToVersionId, RemoveFromVersionId, or both.');
  if (label === CURRENT) {
    throw refused(
      `You can only move staging label ${CURRENT} to a different secret version. It can't be completely removed.`,
    );
  }
  delete stages[label];
}

const refused = (message: string) => new AwsError('InvalidParameterException', message);
