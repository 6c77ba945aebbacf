/** Records of turns and their percentiles. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { percentile, totalOf, TurnHistory } from "../talk/turns.js";

/**
 * @param {number} turn
 * @param {number | null} voiceToVoice
 * @param {number[]} layers
 * @returns {import("../talk/turns.js").Turn}
 */
const record = (turn, voiceToVoice, layers = [1]) => ({
  type: "turn",
  id: 1,
  at_ms: 0,
  turn,
  voice_to_voice_ms: voiceToVoice,
  layers: layers.map((ms, index) => ({ name: `layer_${index}`, ms })),
  clock_offset_ms: null,
});

test("percentiles interpolate between ranks", () => {
  assert.equal(percentile([], 0.5), null);
  assert.equal(percentile([7], 0.95), 7);
  assert.equal(percentile([40, 10, 30, 20], 0.5), 25);
  assert.equal(percentile([0, 100], 0.95), 95);
});

test("a typed turn takes as long as its layers and is no voice-to-voice time", () => {
  const history = new TurnHistory();
  history.add(record(1, 600, [400, 200]));
  history.add(record(2, null, [100, 150]));
  assert.equal(totalOf(record(2, null, [100, 150])), 250);
  assert.deepEqual(history.voiceToVoice, [600]);
  assert.equal(history.longest, 600);
});

test("a later record of a turn replaces the earlier one", () => {
  const history = new TurnHistory();
  history.add(record(1, 700));
  history.add(record(1, 650));
  assert.deepEqual(history.voiceToVoice, [650]);
});
