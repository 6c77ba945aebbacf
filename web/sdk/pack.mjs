/**
 * Lays the npm package out: this folder, and the player beside it, which it loads when a face is
 * drawn on the device. `node web/sdk/pack.mjs FOLDER`, then `npm publish FOLDER`.
 */

import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { argv } from "node:process";

const SDK = import.meta.dirname;

/**
 * @param {string} from
 * @param {string} to
 */
async function copyModules(from, to) {
  await mkdir(to, { recursive: true });
  const names = (await readdir(from)).filter((name) => /\.(js|d\.ts)$/.test(name));
  await Promise.all(names.map((name) => cp(join(from, name), join(to, name))));
}

/** @param {string} folder */
export async function pack(folder) {
  const manifest = JSON.parse(await readFile(join(SDK, "package.json"), "utf8"));
  const exported = { types: "./sdk/index.d.ts", default: "./sdk/index.js" };
  const paths = { exports: { ".": exported }, types: exported.types, main: exported.default };
  await copyModules(SDK, join(folder, "sdk"));
  await copyModules(join(SDK, "..", "player"), join(folder, "player"));
  await cp(join(SDK, "README.md"), join(folder, "README.md"));
  await cp(join(SDK, "..", "..", "LICENSE"), join(folder, "LICENSE"));
  const packed = { ...manifest, ...paths, files: ["sdk", "player"] };
  await writeFile(join(folder, "package.json"), `${JSON.stringify(packed, null, 2)}\n`);
}

if (argv[1] === import.meta.filename && argv[2]) await pack(argv[2]);
