/** The client keeps the contract that all clients share: one script, one conversation. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Stage } from "./contract-stage.js";

const SCRIPTS = join(import.meta.dirname, "..", "..", "tests", "contract", "scripts");
const names = readdirSync(SCRIPTS).filter((name) => name.endsWith(".json"));

test("there are scripts", () => assert.ok(names.length >= 6));

for (const name of names) {
  const { about, steps } = JSON.parse(readFileSync(join(SCRIPTS, name), "utf8"));
  test(`${name}: ${about}`, async () => {
    const stage = new Stage();
    try {
      for (const [number, step] of steps.entries()) {
        await stage.play(step).catch((error) => {
          throw new Error(`step ${number}, ${JSON.stringify(step)}: ${error.message}`);
        });
      }
    } finally {
      await stage.end();
    }
  });
}
