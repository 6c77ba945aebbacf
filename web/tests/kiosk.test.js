/** What the kiosk's address says, what it suggests, and that all its languages say the same. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Attract } from "../kiosk/attract.js";
import { readConfig } from "../kiosk/config.js";
import { questionsFor } from "../kiosk/questions.js";
import { languages, wordsFor } from "../kiosk/strings.js";
import { Suggestions } from "../sdk/suggestions.js";

/** @param {string} search @param {string} [hash] */
const config = (search, hash = "") => readConfig({ search, hash }, "fr-CA");

test("an empty address is a working kiosk", () => {
  const { idleMs, countdownMs, voice, camera, consent, persona, language } = config("");
  assert.deepEqual(
    { idleMs, countdownMs, voice, camera, consent, persona, language },
    {
      idleMs: 45_000,
      countdownMs: 15_000,
      voice: true,
      camera: false,
      consent: "ask",
      persona: null,
      language: "fr",
    },
  );
});

test("what the address says is believed within reason", () => {
  const read = config(
    "?persona=museum&persona.de=museum_de&idle=90&countdown=1&camera=1&voice=0&lang=de-AT" +
      "&langs=en,de,<x>&consent=notice&ask=One?&ask=%20&ask=Two?&show=motion&token_url=/t",
    "#token=abc",
  );
  assert.equal(read.persona, "museum");
  assert.deepEqual(read.personas, { de: "museum_de" });
  assert.equal(read.idleMs, 90_000);
  assert.equal(read.countdownMs, 2_000);
  assert.deepEqual([read.camera, read.voice], [true, false]);
  assert.equal(read.language, "de");
  assert.deepEqual(read.languages, ["en", "de"]);
  assert.equal(read.consent, "notice");
  assert.deepEqual(read.questions, ["One?", "Two?"]);
  assert.equal(read.show, "motion");
  assert.deepEqual([read.tokenUrl, read.token], ["/t", "abc"]);
  assert.equal(config("?idle=soon").idleMs, 45_000);
  assert.equal(config("?consent=always").consent, "ask");
});

test("questions are those of the kiosk, of the persona, or those that anybody answers", () => {
  assert.deepEqual(questionsFor(["Why?"], ["When?"], "en"), ["Why?"]);
  assert.deepEqual(questionsFor([], ["When?"], "en"), ["When?"]);
  assert.ok(questionsFor([], [], "de-AT").includes("Wer bist du?"));
  assert.deepEqual(questionsFor([], [], "it"), questionsFor([], [], "en-GB"));
});

test("a question that was asked gives its place to the next, and comes again", () => {
  const suggestions = new Suggestions();
  const all = ["a", "b", "c", "d", "e", "f"];
  suggestions.begin(all);
  assert.deepEqual(suggestions.shown, ["a", "b", "c", "d"]);
  suggestions.asked("b");
  assert.deepEqual(suggestions.shown, ["a", "e", "c", "d"]);
  suggestions.asked("e");
  suggestions.asked("f");
  assert.deepEqual(suggestions.shown, ["a", "b", "c", "d"]);
  suggestions.begin(["x", "y"]);
  suggestions.asked("x");
  assert.deepEqual(suggestions.shown, ["x", "y"]);
});

/** @param {unknown} value @returns {unknown} its keys, and of what kind each is */
function shape(value) {
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shape(inner)]));
}

test("every language has all words", () => {
  for (const language of languages) {
    assert.deepEqual(shape(wordsFor(language)), shape(wordsFor("en")), language);
    assert.ok(!JSON.stringify(wordsFor(language)).includes('""'), language);
  }
  assert.equal(wordsFor("xx"), wordsFor("en"));
});

test("the face looks around now and then, to where a face can look", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  /** @type {(number | string)[][]} */
  const done = [];
  const session = {
    lookAt: (/** @type {number[]} */ ...where) => done.push(where) > 0,
    gesture: (/** @type {string} */ name) => done.push([name]) > 0,
  };
  let seed = 0.1;
  const attract = new Attract(session, () => (seed = (seed * 7.3 + 0.31) % 1));
  attract.begin();
  context.mock.timers.tick(6_999);
  assert.equal(done.length, 0);
  for (let second = 0; second < 180; second += 1) context.mock.timers.tick(1_000);
  attract.end();
  const { length } = done;
  assert.ok(length >= 180 / 16 - 1 && length <= 180 / 7 + 1, String(length));
  for (const [x, y, seconds] of done.filter(({ length: parts }) => parts === 3)) {
    assert.ok(Math.abs(Number(x)) <= 0.6 && Math.abs(Number(y)) <= 0.25 && Number(seconds) < 2.5);
  }
  context.mock.timers.tick(60_000);
  assert.equal(done.length, length);
});
