/** The table's checks: what is accepted and what is named as wrong. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { validate } from "../sdk/protocol.js";

const envelope = { id: 1, at_ms: 12.5 };

test("a good event of either side has no problems", () => {
  assert.deepEqual(validate({ ...envelope, type: "interrupt" }), []);
  assert.deepEqual(
    validate({
      ...envelope,
      type: "caption",
      turn: 1,
      words: [{ text: "hello", pts: 40 }],
    }),
    [],
  );
});

test("what may be null may be null or left out", () => {
  const turn = { ...envelope, type: "turn", turn: 1, layers: [] };
  assert.deepEqual(validate({ ...turn, voice_to_voice_ms: null }), []);
  assert.deepEqual(validate({ ...turn, voice_to_voice_ms: 612.5, clock_offset_ms: -3 }), []);
});

test("every wrong field is named, and what is not known is passed over", () => {
  const event = { ...envelope, type: "watch", watch: 1.5, pts: "7", what: "nose", extra: 0 };
  assert.deepEqual(validate(event), [
    "watch is not integer",
    "pts is not integer",
    "what is not first_frame|lips|rest",
  ]);
});

test("structures inside lists are checked", () => {
  const words = [{ text: "a", pts: 1 }, { text: "b" }];
  assert.deepEqual(validate({ ...envelope, type: "caption", turn: 1, words }), [
    "words is not TimedWord[]",
  ]);
});

test("lengths are checked", () => {
  assert.deepEqual(validate({ ...envelope, type: "text", text: "" }), ["text has a bad length"]);
  assert.deepEqual(validate({ ...envelope, type: "text", text: "x".repeat(4_000) }), []);
  assert.deepEqual(validate({ ...envelope, type: "text", text: "x".repeat(4_001) }), [
    "text has a bad length",
  ]);
});

test("what is no event is refused", () => {
  assert.deepEqual(validate(null), ["not an object"]);
  assert.deepEqual(validate([]), ["not an object"]);
  assert.deepEqual(validate({ ...envelope, type: "toString" }), ["type is unknown"]);
  assert.deepEqual(validate({ type: "interrupt", id: 1, at_ms: NaN }), ["at_ms is not number"]);
});
