/** Where in a step the tutor is: marks, lines and words on the media clock. */

import assert from "node:assert/strict";
import test from "node:test";

import { commandIn } from "../tutor/commands.js";
import { letters, lineAt, Narration, reached } from "../tutor/letters.js";
import { wordsFor } from "../tutor/strings.js";

const step = {
  title: "One and one",
  lines: [
    { text: "[happy] One and one.", letters: 0 },
    { text: "That is two.", letters: 9 },
  ],
  marks: [
    { number: 2, letters: 3 },
    { number: 1, letters: 15 },
    { number: 3, letters: 18 },
  ],
  letters: 18,
  board: "",
  exercise: null,
};

test("letters and digits of all scripts are counted, and nothing else", () => {
  assert.equal(letters("It's 10 – naïve, Ωμέγα!"), 15);
  assert.equal(letters(" ,.;–“”"), 0);
});

test("a mark is reached when its word begins, the last one at the end", () => {
  assert.deepEqual(reached(step, 0), []);
  assert.deepEqual(reached(step, 3), []);
  assert.deepEqual(reached(step, 6), [2]);
  assert.deepEqual(reached(step, 15), [2]);
  assert.deepEqual(reached(step, 18), [2, 1, 3]);
});

test("she picks up at the sentence in which she stopped", () => {
  assert.equal(lineAt(step, 0), 0);
  assert.equal(lineAt(step, 8), 0);
  assert.equal(lineAt(step, 9), 1);
  assert.equal(lineAt(step, 17), 1);
  assert.equal(lineAt(step, 18), 2);
});

test("words are counted as their frames are shown", () => {
  const narration = new Narration(step, 1);
  assert.equal(narration.text, "That is two.");
  assert.equal(narration.saidAt(Infinity), 9);
  narration.add([
    { text: "That", pts: 100 },
    { text: "is", pts: 106 },
  ]);
  narration.add([{ text: "two.", pts: 110 }]);
  assert.equal(narration.saidAt(99), 9);
  assert.equal(narration.saidAt(100), 13);
  assert.equal(narration.saidAt(109), 15);
  assert.equal(narration.saidAt(Infinity), 18);
});

test("a few words steer the lesson, all others are questions", () => {
  const { commands } = wordsFor("en-GB");
  assert.equal(commandIn("Yes, please!", commands), "goOn");
  assert.equal(commandIn(" Say that  again.", commands), "repeat");
  assert.equal(commandIn("Next.", commands), "next");
  assert.equal(commandIn("What comes next?", commands), null);
  assert.equal(commandIn("", commands), null);
});
