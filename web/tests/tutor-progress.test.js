/** What is kept of a learner's progress, and what is not believed of it. */

import assert from "node:assert/strict";
import test from "node:test";

import { Memory, score } from "../tutor/progress.js";

/** @param {Record<string, string>} [kept] */
function storage(kept = {}) {
  return {
    kept,
    getItem: (/** @type {string} */ key) => kept[key] ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => void (kept[key] = value),
    removeItem: (/** @type {string} */ key) => void delete kept[key],
  };
}

const NOTHING = { step: 0, finished: false, results: {} };

test("progress comes back as it was kept, lesson by lesson", () => {
  const memory = new Memory(storage());
  const progress = { step: 2, finished: false, results: { 1: { right: true, tries: 2 } } };
  memory.save("one", progress);
  assert.deepEqual(memory.load("one", 5), progress);
  assert.deepEqual(memory.load("two", 5), NOTHING);
  memory.forget("one");
  assert.deepEqual(memory.load("one", 5), NOTHING);
});

test("what was tampered with, or is of a longer lesson, is not believed", () => {
  for (const kept of ["no json", "[]", "7", '{"step": 9}', '{"step": -1, "results": 3}']) {
    assert.deepEqual(new Memory(storage({ "visavis-tutor:one": kept })).load("one", 5), NOTHING);
  }
  const odd = '{"step": 1, "finished": 1, "results": {"1": {"right": 1}, "x": {}, "2": null}}';
  const memory = new Memory(storage({ "visavis-tutor:one": odd }));
  assert.deepEqual(memory.load("one", 5), { step: 1, finished: false, results: {} });
});

test("where nothing may be kept, nothing fails", () => {
  const refuse = () => {
    throw new Error("denied");
  };
  for (const kept of [null, { getItem: refuse, setItem: refuse, removeItem: refuse }]) {
    const memory = new Memory(kept);
    memory.save("one", NOTHING);
    memory.forget("one");
    memory.keepSpeed(1.5);
    assert.deepEqual(memory.load("one", 5), NOTHING);
    assert.equal(memory.speed([1, 1.5]), 1);
  }
});

test("only a speed that can be chosen is remembered", () => {
  const memory = new Memory(storage());
  memory.keepSpeed(1.25);
  assert.equal(memory.speed([0.75, 1, 1.25]), 1.25);
  assert.equal(memory.speed([0.75, 1]), 1);
});

test("the score counts what was right, and what was right at once", () => {
  const results = {
    1: { right: true, tries: 1 },
    2: { right: true, tries: 3 },
    3: { right: false, tries: 3 },
  };
  assert.deepEqual(score({ step: 0, finished: true, results }, 4), { right: 2, atOnce: 1, of: 4 });
});
