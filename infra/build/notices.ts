import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Metafile } from 'esbuild';
import { z } from 'zod';

/** Name of the file with the licences, which stands beside each bundle and is deployed with it. */
export const NOTICES = 'THIRD-PARTY-NOTICES.txt';

const TITLE = 'This package holds software of others, under the licences below.\n';
const RULE = `\n${'-'.repeat(80)}\n`;
const LICENCE_FILE = /^(licen[cs]e|copying|notice)([.-].*)?$/i;
const PACKAGE = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;

interface Notice {
  /** Name and version of the package. */
  readonly title: string;
  readonly text: string;
}

/**
 * Writes the licences of all packages of a bundle into the bundle's folder; a licence shared by several
 * packages is printed once. Throws, naming the package, for a package that states no licence.
 */
export async function writeNotices(root: string, { outputs }: Metafile): Promise<void> {
  const bundles = Object.entries(outputs).filter(([, { entryPoint }]) => entryPoint !== undefined);
  const known = new Map<string, Promise<Notice>>();
  const noticeOf = (folder: string): Promise<Notice> => {
    const notice = known.get(folder) ?? readNotice(join(root, folder));
    known.set(folder, notice);
    return notice;
  };
  for (const [path, { inputs }] of bundles) {
    const folders = new Set(Object.keys(inputs).flatMap((input) => PACKAGE.exec(input)?.[0] ?? []));
    const notices = await Promise.all([...folders].map(noticeOf));
    await writeFile(join(root, folderOf(path), NOTICES), textOf(notices));
  }
}

/** The folder that is packaged: `.build/work` for the bundle `.build/work/functions/queue/work.js`. */
const folderOf = (bundle: string): string => bundle.split('/').slice(0, 2).join('/');

function textOf(notices: readonly Notice[]): string {
  const byText = Map.groupBy(notices, ({ text }) => text);
  const parts = [...byText].map(([text, same]) => {
    const titles = [...new Set(same.map(({ title }) => title))].toSorted();
    return `${titles.join('\n')}\n\n${text}\n`;
  });
  return [TITLE, ...parts.toSorted()].join(RULE);
}

const Manifest = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string().optional(),
  author: z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]).optional(),
});

/** The notice of a package that names its licence but holds no copy of the text. */
const named = ({ license, author }: Pick<z.output<typeof Manifest>, 'license' | 'author'>): string =>
  `${author === undefined ? '' : `Copyright ${author}. `}Licence: ${license}, https://spdx.org/licenses/${license}.html`;

async function readNotice(folder: string): Promise<Notice> {
  const { name, version, license, author } = Manifest.parse(
    JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')),
  );
  const files = (await readdir(folder)).filter((file) => LICENCE_FILE.test(file)).toSorted();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const title = `${name} ${version}`;
  if (texts.length === 0 && license === undefined) {
    throw new Error(
      `${title} (${dirname(folder)}) says nothing of its licence: leave it out, or add its notice`,
    );
  }
  const text = texts.length === 0 ? named({ license, author }) : texts.map((one) => one.trim()).join('\n\n');
  return { title, text: text.replaceAll('\r\n', '\n') };
}
