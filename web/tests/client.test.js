/** The integrator's client: tokens, verbatim speech, listeners; and the package it comes in. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, mock, test } from "node:test";

import { createSession as requestSession } from "../sdk/api.js";
import { Session } from "../sdk/client.js";
import * as sdk from "../sdk/index.js";
import { pack } from "../sdk/pack.mjs";

afterEach(() => mock.restoreAll());

/**
 * Answers every request, and keeps what was asked.
 * @param {number} status
 * @param {object} body
 */
function serve(status, body) {
  return mock.method(globalThis, "fetch", async () => Response.json(body, { status }));
}

/** @param {import("../sdk/api.js").Token | null} token */
async function shownFor(token) {
  const fetched = serve(201, { id: "s", token: "t" });
  await requestSession("", { persona: "vera", avatar: null, token }, new AbortController().signal);
  const { headers, body } = /** @type {any} */ (fetched.mock.calls[0]).arguments[1];
  mock.restoreAll();
  return { authorization: headers.authorization, body: JSON.parse(body) };
}

test("a token is shown as a bearer and is no part of the body", async () => {
  assert.deepEqual(await shownFor("abc"), {
    authorization: "Bearer abc",
    body: { persona: "vera" },
  });
  assert.deepEqual((await shownFor(null)).authorization, undefined);
});

test("a token is fetched anew for each session", async () => {
  let count = 0;
  const fetchToken = async () => `token ${++count}`;
  assert.equal((await shownFor(fetchToken)).authorization, "Bearer token 1");
  assert.equal((await shownFor(fetchToken)).authorization, "Bearer token 2");
});

test("a refusal keeps its code and status", async () => {
  serve(401, { error: { code: "token_expired", message: "old" } });
  await assert.rejects(
    requestSession("", { persona: null, avatar: null }, new AbortController().signal),
    (error) =>
      error instanceof sdk.SessionError && error.code === "token_expired" && error.status === 401,
  );
});

test("speak and message send what they are for, trimmed and not empty", () => {
  const session = new Session();
  /** @type {object[]} */
  const sent = [];
  session.send = (event) => sent.push(event) > 0;
  const spoken = session.speak("  Hello.  ");
  const asked = session.message("Who are you?");
  assert.equal(session.speak("  "), null);
  assert.deepEqual(sent, [
    { type: "speak", text: "Hello.", request: spoken },
    { type: "text", text: "Who are you?", request: asked },
  ]);
  assert.notEqual(spoken, asked);
  session.send = () => false;
  assert.equal(session.speak("Hello."), null);
});

test("a listener gets the detail once, until it is taken away", () => {
  const session = new Session();
  /** @type {number[]} */
  const heard = [];
  const listener = (/** @type {number} */ detail) => heard.push(detail);
  const stop = session.on("hello", listener);
  session.on("hello", listener);
  session.dispatchEvent(new CustomEvent("hello", { detail: 1 }));
  stop();
  session.dispatchEvent(new CustomEvent("hello", { detail: 2 }));
  session.on("hello", listener);
  session.off("hello", listener);
  session.off("closing", listener);
  session.dispatchEvent(new CustomEvent("hello", { detail: 3 }));
  assert.deepEqual(heard, [1]);
});

test("what is declared is what is exported", () => {
  assert.deepEqual(Object.keys(sdk).sort(), [
    "MOTION_CHANNELS",
    "Session",
    "SessionError",
    "createSession",
    "listPersonas",
    "offerTools",
  ]);
  assert.equal(sdk.MOTION_CHANNELS.length, 65);
  assert.ok(sdk.createSession("t", { apiUrl: "https://face.example" }) instanceof sdk.Session);
});

test("the package installs, is imported by its name and has its types, player and all", async () => {
  const folder = await mkdtemp(join(tmpdir(), "visavis-sdk-"));
  /**
   * @param {string} command
   * @param {string[]} flags
   */
  const run = (command, ...flags) =>
    execFileSync(command, flags, {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  const script = `
    import { createSession } from "visavis-sdk";
    const { Player } = await import("./node_modules/visavis-sdk/player/player.js");
    console.log(createSession("t").connection.state, typeof Player);
  `;
  const typed = `
    import { createSession } from "visavis-sdk";
    export const request: string | null = createSession(null).speak("Hello.");
  `;
  const tsc = join(import.meta.dirname, "..", "node_modules", ".bin", "tsc");
  const strict = ["--noEmit", "--strict", "--module", "nodenext", "--lib", "es2023,dom"];
  try {
    await pack(join(folder, "laid-out"));
    const packed = JSON.parse(run("npm", "pack", "./laid-out", "--json"))[0];
    const files = packed.files.map((/** @type {{path: string}} */ { path }) => path);
    for (const file of ["README.md", "LICENSE", "sdk/index.d.ts", "player/player.js"]) {
      assert.ok(files.includes(file), file);
    }
    await writeFile(join(folder, "package.json"), '{"private": true, "type": "module"}');
    run("npm", "install", "--offline", "--no-audit", "--no-fund", `./${packed.filename}`);
    const printed = run(process.execPath, "--input-type=module", "--eval", script);
    assert.equal(printed.trim(), "closed function");
    await writeFile(join(folder, "typed.ts"), typed);
    run(tsc, ...strict, "typed.ts");
  } finally {
    await rm(folder, { recursive: true });
  }
});
