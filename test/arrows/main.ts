import { arrowsOf, betweenRooms, circlesOf, floorOf, folderOf, sources, upwardArrows } from './arrows.ts';
import { FLOORS } from './house.ts';

/** `npm run arrows` prints the floors of functions/core, the imports of each room, and the forbidden ones. */
const arrows = (await sources()).flatMap(arrowsOf);
const files = arrows.filter(({ to }) => to.endsWith('.ts'));
const rooms = betweenRooms(files);
const upward = upwardArrows(files);
const circles = [...circlesOf(files), ...circlesOf(rooms)];

console.log('functions/core, floor by floor; a room imports only from floors below its own\n');
for (const room of FLOORS.toReversed().flat()) {
  const below = rooms.filter(({ from }) => from === room).map(({ to }) => to);
  console.log(`${floorOf(room)}  ${room.padEnd(12)} -> ${below.sort().join(', ') || '(nothing)'}`);
}

const folders = new Map<string, Set<string>>();
for (const { from, to } of files) {
  if (folderOf(from) === folderOf(to)) continue;
  folders.set(folderOf(from), (folders.get(folderOf(from)) ?? new Set()).add(folderOf(to)));
}
console.log('\nfolders');
for (const [from, to] of [...folders].sort())
  console.log(`   ${from.padEnd(20)} -> ${[...to].sort().join(', ')}`);

console.log(`\n${files.length} imports, ${circles.length} circles, ${upward.length} upward arrows`);
for (const circle of circles) console.log(`circle: ${circle.join(', ')}`);
for (const { from, to } of upward) console.log(`upward: ${from} -> ${to}`);
if (circles.length + upward.length > 0) process.exitCode = 1;
