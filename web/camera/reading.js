/**
 * What a camera reads off a face, from what MediaPipe's landmarker finds: the numbers that
 * `render/motion/reading.py` names, in its order. Imports the names of the shapes.
 */

import { SHAPES } from "../player/channels.js";

/** @typedef {{x: number, y: number, z: number}} Point shares of the picture's width, height, width */
/**
 * @typedef {object} Face
 * @property {readonly Point[]} points 478
 * @property {readonly {categoryName: string, score: number}[]} shapes
 * @property {readonly number[]} pose canonical face to camera space, column by column
 */

const DEGREES = 180 / Math.PI;
/** Digits after the point that are told. */
const PRECISION = 1e5;
const [UPPER_LIP, LOWER_LIP] = [13, 14];
const [RIGHT_CORNER, LEFT_CORNER] = [78, 308];
const [NOSE, LIP, CHIN] = [94, 0, 152];
const [RIGHT_EYE, LEFT_EYE] = [33, 263];

/**
 * @param {Face} face
 * @param {number} width of the picture in pixels
 * @param {number} height
 * @returns {number[]} 52 scores, yaw, pitch, roll, x, y, z, gap, drop, lip
 */
export function readFace({ points, shapes, pose }, width, height) {
  const apart = (/** @type {number} */ from, /** @type {number} */ to, depth = width) => {
    const [a, b] = [points[from], points[to]];
    if (!a || !b) return 0;
    return Math.hypot((a.x - b.x) * width, (a.y - b.y) * height, (a.z - b.z) * depth);
  };
  const scores = new Map(shapes.map(({ categoryName, score }) => [categoryName, score]));
  const eyes = Math.max(apart(RIGHT_EYE, LEFT_EYE), 1e-6);
  const mouth = Math.max(apart(RIGHT_CORNER, LEFT_CORNER, 0), 1e-6);
  const reading = [
    ...SHAPES.map((name) => scores.get(name) ?? 0),
    ...headAngles(pose),
    ...pose.slice(12, 15),
    apart(UPPER_LIP, LOWER_LIP, 0) / mouth,
    apart(CHIN, NOSE) / eyes,
    apart(LIP, NOSE) / eyes,
  ];
  return reading.map((number) => Math.round(number * PRECISION) / PRECISION);
}

/**
 * @param {readonly number[]} pose
 * @returns {[number, number, number]} yaw, pitch and roll in degrees; yaw and pitch with the tilt
 *   toward a shoulder taken out
 */
function headAngles(pose) {
  const [rightX = 1, rightY = 0, , , upX = 0, upY = 1, , , forwardX = 0, forwardY = 0] = pose;
  const forwardZ = pose[10] ?? 1;
  const length = Math.max(Math.hypot(upX, upY), 1e-9);
  const across = (forwardX * upY - forwardY * upX) / length;
  const along = (forwardX * upX + forwardY * upY) / length;
  return [
    Math.atan2(across, forwardZ) * DEGREES,
    Math.asin(Math.min(1, Math.max(-1, along))) * DEGREES,
    -Math.atan2(rightY, rightX) * DEGREES,
  ];
}
