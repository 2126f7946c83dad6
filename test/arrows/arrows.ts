import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { DRIVERS, FLOORS, FOLDERS, ROOMS_OF_A_DRIVER } from './house.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/**
 * An import: a file of ours, and the file or package that it names. Paths start at the root, with slashes.
 */
export interface Arrow {
  readonly from: string;
  readonly to: string;
}

export interface Source {
  readonly file: string;
  readonly text: string;
}

/** All sources of the product: the files below functions/ and infra/. */
export async function sources(): Promise<Source[]> {
  const found: Source[] = [];
  for (const top of ['functions', 'infra']) {
    for (const name of await readdir(join(ROOT, top), { recursive: true })) {
      if (!name.endsWith('.ts')) continue;
      const file = join(top, name).split(sep).join('/');
      found.push({ file, text: await readFile(join(ROOT, file), 'utf8') });
    }
  }
  return found;
}

/** The imports of a source, imports of types included. */
export function arrowsOf({ file, text }: Source): Arrow[] {
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, name = '']) => name);
  return specifiers.map((name) => ({
    from: file,
    to: name.startsWith('.')
      ? relative(ROOT, join(ROOT, dirname(file), name))
          .split(sep)
          .join('/')
      : name,
  }));
}

/** The top two folders of a path: `functions/core` for `functions/core/base/time.ts`. */
export const folderOf = (path: string): string => path.split('/').slice(0, 2).join('/');

/**
 * The room of a file: `base` for `functions/core/base/time.ts`; undefined outside of the core, and for a file
 * directly in it.
 */
export function roomOf(path: string): string | undefined {
  const [top, folder, room, file] = path.split('/');
  return top === 'functions' && folder === 'core' && file !== undefined ? room : undefined;
}

const isOurs = (path: string): boolean => path.startsWith('functions/') || path.startsWith('infra/');

/** Floor of a room, counted from 1; undefined for a room that no floor names. */
export function floorOf(room: string): number | undefined {
  const index = FLOORS.findIndex((rooms) => rooms.includes(room));
  return index < 0 ? undefined : index + 1;
}

/** Imports that the table of folders does not allow. */
export const strayArrows = (arrows: readonly Arrow[]): Arrow[] =>
  arrows.filter(({ from, to }) => {
    const [source, target] = [folderOf(from), folderOf(to)];
    return isOurs(to) && source !== target && !(FOLDERS[source] ?? []).includes(target);
  });

/** Imports of a room from its own floor or from a floor above. */
export const upwardArrows = (arrows: readonly Arrow[]): Arrow[] =>
  arrows.filter(({ from, to }) => {
    const [source, target] = [roomOf(from), roomOf(to)];
    if (source === undefined || target === undefined || source === target) return false;
    return (floorOf(source) ?? 0) <= (floorOf(target) ?? Number.POSITIVE_INFINITY);
  });

/** Imports of a driver from rooms of the core that are not part of the port. */
export const deepArrows = (arrows: readonly Arrow[]): Arrow[] =>
  arrows.filter(({ from, to }) => {
    const room = roomOf(to);
    return DRIVERS.includes(folderOf(from)) && room !== undefined && !ROOMS_OF_A_DRIVER.includes(room);
  });

/**
 * Groups of nodes that reach each other in a circle, each sorted (Tarjan's strongly connected components).
 */
export function circlesOf(arrows: readonly Arrow[]): string[][] {
  const targets = new Map<string, Set<string>>();
  for (const { from, to } of arrows) {
    if (from === to) continue;
    targets.set(from, (targets.get(from) ?? new Set()).add(to));
  }
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];
  const visit = (node: string): void => {
    order.set(node, order.size);
    lowest.set(node, order.get(node) ?? 0);
    open.push(node);
    for (const next of targets.get(node) ?? []) {
      if (!order.has(next)) visit(next);
      if (open.includes(next)) lowest.set(node, Math.min(lowest.get(node) ?? 0, lowest.get(next) ?? 0));
    }
    if (lowest.get(node) !== order.get(node)) return;
    const circle = open.splice(open.indexOf(node));
    if (circle.length > 1) circles.push(circle.sort());
  };
  for (const node of targets.keys()) if (!order.has(node)) visit(node);
  return circles;
}

/** The arrows between rooms, each once. */
export function betweenRooms(arrows: readonly Arrow[]): Arrow[] {
  const found = new Map<string, Arrow>();
  for (const { from, to } of arrows) {
    const [source, target] = [roomOf(from), roomOf(to)];
    if (source === undefined || target === undefined || source === target) continue;
    found.set(`${source} ${target}`, { from: source, to: target });
  }
  return [...found.values()];
}
