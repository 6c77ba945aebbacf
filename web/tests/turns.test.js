/** Records of turns and their percentiles. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { kindOf, percentile, totalOf, TurnHistory } from "../talk/turns.js";

/**
 * @param {number} turn
 * @param {number | null} voiceToVoice
 * @param {Record<string, number>} layers
 * @returns {import("../talk/turns.js").Turn}
 */
const record = (turn, voiceToVoice, layers = { endpointing: 1 }) => ({
  type: "turn",
  id: 1,
  at_ms: 0,
  turn,
  voice_to_voice_ms: voiceToVoice,
  layers: Object.entries(layers).map(([name, ms]) => ({ name, ms })),
  clock_offset_ms: null,
  clock_uncertainty_ms: null,
});

test("percentiles interpolate between ranks", () => {
  assert.equal(percentile([], 0.5), null);
  assert.equal(percentile([7], 0.95), 7);
  assert.equal(percentile([40, 10, 30, 20], 0.5), 25);
  assert.equal(percentile([0, 100], 0.95), 95);
});

test("only spoken turns count as voice to voice", () => {
  const history = new TurnHistory();
  history.add(record(0, 300, { endpointing: 0, voice: 300 }));
  history.add(record(1, 600, { endpointing: 400, voice: 200 }));
  history.add(record(2, 900, { endpointing: 0, transcription: 0, voice: 900 }));
  assert.deepEqual(history.turns.map(kindOf), ["greeting", "spoken", "typed"]);
  assert.deepEqual(history.voiceToVoice, [600]);
  assert.equal(history.longest, 900);
});

test("a turn without a total takes as long as its layers", () => {
  assert.equal(totalOf(record(2, null, { answer: 100, voice: 150 })), 250);
});

test("a later record of a turn replaces the earlier one", () => {
  const history = new TurnHistory();
  history.add(record(1, 700));
  history.add(record(1, 650));
  assert.deepEqual(history.voiceToVoice, [650]);
});

test("a layer's times are those of the spoken turns, and its broken budget is known", () => {
  const history = new TurnHistory();
  history.add(record(1, 600, { endpointing: 400, voice: 200 }));
  history.add(record(2, 900, { endpointing: 0, transcription: 0, voice: 900 }));
  history.add(record(3, 500, { endpointing: 380, voice: 120 }));
  assert.deepEqual(history.layer("voice"), [200, 120]);
  history.alarm({
    type: "budget",
    id: 1,
    at_ms: 0,
    turn: 1,
    layer: "voice",
    ms: 200,
    budget_ms: 150,
  });
  assert.equal(history.broken(1, "voice"), 150);
  assert.equal(history.broken(3, "voice"), null);
});
