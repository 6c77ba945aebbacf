/** Faces are read here as Python reads them: `faces.json` holds what its landmarker and it found. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { SHAPES } from "../player/channels.js";
import { readFace } from "../camera/reading.js";

/**
 * @typedef {object} Recorded
 * @property {Record<string, [number, number, number]>} points those that are used
 * @property {Record<string, number>} shapes
 * @property {number[]} pose
 * @property {number[]} reading
 */
/** @type {{width: number, height: number, names: string[], faces: Recorded[]}} */
const recorded = JSON.parse(readFileSync(new URL("./faces.json", import.meta.url), "utf8"));
const { width, height, names, faces } = recorded;

/** @param {Recorded} face */
function landmarks(face) {
  const points = Array.from({ length: 478 }, () => ({ x: 0, y: 0, z: 0 }));
  for (const [index, [x, y, z]] of Object.entries(face.points)) {
    points[Number(index)] = { x, y, z };
  }
  const shapes = Object.entries(face.shapes).map(([categoryName, score]) => ({
    categoryName,
    score,
  }));
  return { points, shapes, pose: face.pose };
}

test("a reading has the numbers that Python reads, in its order", () => {
  assert.deepEqual(names.slice(0, SHAPES.length), SHAPES);
  assert.ok(faces.length >= 2);
  for (const face of faces) {
    const reading = readFace(landmarks(face), width, height);
    assert.equal(reading.length, names.length);
    for (const [index, name] of names.entries()) {
      const difference = Math.abs((reading[index] ?? NaN) - (face.reading[index] ?? NaN));
      assert.ok(difference < 1e-3, `${name}: ${reading[index]}, not ${face.reading[index]}`);
    }
  }
});

test("a face of which all is 0 is a reading of numbers nonetheless", () => {
  const points = Array.from({ length: 478 }, () => ({ x: 0, y: 0, z: 0 }));
  const reading = readFace({ points, shapes: [], pose: Array(16).fill(0) }, width, height);
  assert.ok(reading.every(Number.isFinite));
});
