/**
 * From motion to places on the screen: expression, head, shoulders and projection; the same as
 * `render/puppet/deform.py`, `pose.py` and `framing.py`. Imports channels and correctives.
 */

import { at, put, SHAPES } from "./channels.js";
import {
  clamp,
  followRim,
  keepSkin,
  keepThickness,
  partLids,
  partLips,
  rounding,
  roundRing,
  sealLips,
  tuckLower,
} from "./correctives.js";

/** @typedef {import("./bundle.js").Bundle} Bundle */
/** Canvas to screen: screen = canvas * scale + (left, top), pixels.
 * @typedef {{scale: number, left: number, top: number}} View */
/**
 * @typedef {object} Pose
 * @property {number[]} rotation 3 x 3
 * @property {number[]} shift canvas pixels: right, up, to the viewer
 * @property {number} focal distance of the camera, canvas pixels
 * @property {number} rise how far the breath lifts, canvas pixels
 */

const ROUND_UPPER = [1.0, 0.92, 0.6, 0.3];
const ROUND_LOWER = [1.0, 0.97, 0.92, 0.85];
const VISIBLE = 0.01;
const DEPTH_STRETCH = 1.8;
const FOCAL = 6.0;
const BREATH_RISE = 0.016;
const LIMIT_DEGREES = 25;
const LIMIT_SHIFT = 0.5;
const MOST = 1.2;
const VIEW_HEIGHT = 2.0;
const VIEW_WIDTH = 1.6;
const HEADROOM = 0.08;
const BELOW_CHIN = 0.35;
const SHAPES_END = SHAPES.length + 4;

/**
 * Limits values and lets lids and gaze agree, as `follow_gaze` does.
 * @param {Float32Array} values
 */
export function followGaze(values) {
  const result = values.map((value, index) => {
    const number = Number.isNaN(value) ? 0 : value;
    if (index < SHAPES.length) return clamp(number, 0, MOST);
    return index < SHAPES_END ? clamp(number, 0, 1) : number;
  });
  const up = Math.max(at(result, "eyeLookUpLeft"), at(result, "eyeLookUpRight"));
  const down = Math.max(at(result, "eyeLookDownLeft"), at(result, "eyeLookDownRight"));
  const total = clamp(at(result, "gazeY") + up - down, -1, 1);
  put(result, "gazeY", total);
  for (const side of /** @type {const} */ (["Left", "Right"])) {
    put(result, `eyeLookDown${side}`, Math.max(-total, 0));
    put(result, `eyeLookUp${side}`, Math.max(total, 0));
    const blink = Math.min(at(result, `eyeBlink${side}`), 1);
    put(result, `eyeWide${side}`, at(result, `eyeWide${side}`) * (1 - blink));
  }
  return result;
}

/** Moves one bundle's mesh. Its arrays are reused from frame to frame. */
export class Deformer {
  /** Vertices under the expression, head space, flat x, y, z. */
  vertices;
  /** The same after the head's turn. */
  turned;
  /** Screen pixels, flat x, y. */
  screen;
  #bundle;
  #landmarks;
  #before;

  /** @param {Bundle} bundle */
  constructor(bundle) {
    const size = bundle.mesh.rest.length;
    this.#bundle = bundle;
    this.vertices = new Float32Array(size);
    this.turned = new Float32Array(size);
    this.screen = new Float32Array((size / 3) * 2);
    this.#landmarks = new Float32Array(bundle.mesh.deltas.length / SHAPES.length);
    this.#before = new Float32Array(bundle.lips.rim.length * 3);
  }

  /**
   * @param {Float32Array} values limited by `followGaze`
   * @param {Pose} pose
   * @param {View} view
   * @param {number} [part] how much of the photo's own parting of the lips is added
   */
  move(values, pose, view, part = 0) {
    this.#express(values, part);
    const { mesh } = this.#bundle;
    turn(this.#bundle, pose, this.vertices, mesh.head_weight, mesh.breath_weight, this.turned);
    project(view, this.turned, this.screen);
  }

  /**
   * @param {Float32Array} values
   * @param {number} part
   */
  #express(values, part) {
    const { lips, head, eyes } = this.#bundle;
    const vertices = this.vertices;
    this.#addShapes(values, part);
    lips.rim.forEach((vertex, r) => {
      for (let d = 0; d < 3; d += 1) this.#before[3 * r + d] = vertices[3 * vertex + d];
    });
    const amount = rounding(vertices, this.#bundle, at(values, "round"));
    const columns = lips.parted.length;
    if (amount > VISIBLE)
      for (let ring = 0; ring < 4; ring += 1) {
        const part = /** @type {const} */ ([ring * columns, (ring + 1) * columns]);
        roundRing(vertices, lips.upper.subarray(...part), head, amount * ROUND_UPPER[ring]);
        roundRing(vertices, lips.lower.subarray(...part), head, amount * ROUND_LOWER[ring]);
      }
    if (at(values, "tuck") > VISIBLE) tuckLower(vertices, this.#bundle, at(values, "tuck"));
    if (at(values, "seal") > VISIBLE) sealLips(vertices, lips, at(values, "seal"));
    partLips(vertices, lips, head.up);
    keepThickness(vertices, lips.upper, lips.upper_thickness, head.up, 1);
    keepThickness(vertices, lips.lower, lips.lower_thickness, head.up, -1);
    followRim(vertices, lips, this.#before);
    keepSkin(vertices, lips);
    for (const eye of eyes) partLids(vertices, eye, head.up);
  }

  /**
   * @param {Float32Array} values
   * @param {number} part
   */
  #addShapes(values, part) {
    const { rest, deltas, delta_scale, row_start, row_index, row_weight } = this.#bundle.mesh;
    const moved = this.#landmarks.fill(0);
    for (let s = 0; s < SHAPES.length; s += 1) {
      const weight = values[s] * delta_scale[s];
      if (weight === 0) continue;
      const from = s * moved.length;
      for (let i = 0; i < moved.length; i += 1) moved[i] += weight * deltas[from + i];
    }
    const { own } = this.#bundle;
    if (own && part > 0)
      for (let i = 0; i < moved.length; i += 1) moved[i] += part * own.delta_scale * own.delta[i];
    for (let i = 0; i < row_start.length - 1; i += 1) {
      let [x, y, z] = [rest[3 * i], rest[3 * i + 1], rest[3 * i + 2]];
      for (let k = row_start[i]; k < row_start[i + 1]; k += 1) {
        const from = 3 * row_index[k];
        x += row_weight[k] * moved[from];
        y += row_weight[k] * moved[from + 1];
        z += row_weight[k] * moved[from + 2];
      }
      this.vertices[3 * i] = x;
      this.vertices[3 * i + 1] = y;
      this.vertices[3 * i + 2] = z;
    }
  }
}

/**
 * Reads the pose out of a motion; extreme values are limited.
 * @param {Float32Array} values
 * @param {number} faceWidth canvas pixels
 * @returns {Pose}
 */
export function makePose(values, faceWidth) {
  const [yaw, pitch, roll] = /** @type {const} */ (["yaw", "pitch", "roll"]).map(
    (name) => (clamp(at(values, name), -LIMIT_DEGREES, LIMIT_DEGREES) * Math.PI) / 180,
  );
  const [cy, sy, cp, sp] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)];
  const [cr, sr] = [Math.cos(roll), Math.sin(roll)];
  const aboutY = [cy, 0, sy, 0, 1, 0, -sy, 0, cy];
  const aboutX = [1, 0, 0, 0, cp, sp, 0, -sp, cp];
  const aboutZ = [cr, sr, 0, -sr, cr, 0, 0, 0, 1];
  return {
    rotation: multiply(aboutZ, multiply(aboutX, aboutY)),
    shift: /** @type {const} */ (["shiftX", "shiftY", "shiftZ"]).map(
      (name) => clamp(at(values, name), -LIMIT_SHIFT, LIMIT_SHIFT) * faceWidth,
    ),
    focal: FOCAL * faceWidth,
    rise: clamp(at(values, "breath"), -1, 1) * BREATH_RISE * faceWidth,
  };
}

/**
 * @param {number[]} a 3 x 3
 * @param {number[]} b 3 x 3
 */
function multiply(a, b) {
  return a.map((_, index) => {
    const [row, column] = [3 * Math.floor(index / 3), index % 3];
    return a[row] * b[column] + a[row + 1] * b[column + 3] + a[row + 2] * b[column + 6];
  });
}

/**
 * Poses points: x and y as seen, z for sorting.
 * @param {Bundle} bundle
 * @param {Pose} pose
 * @param {Float32Array} points flat x, y, z
 * @param {ArrayLike<number>} headWeight of each point
 * @param {ArrayLike<number>} breathWeight of each point
 * @param {Float32Array} turned result
 */
export function turn({ head }, pose, points, headWeight, breathWeight, turned) {
  const { rotation: r, shift, focal, rise } = pose;
  const [px, py, pz] = head.pivot;
  for (let i = 0; i < points.length / 3; i += 1) {
    const [x, y] = [points[3 * i] - px, points[3 * i + 1] - py];
    const flat = points[3 * i + 2] - pz;
    const z = flat + (flat - head.eye_depth) * (DEPTH_STRETCH - 1);
    const qx = r[0] * x + r[1] * y + r[2] * z;
    const qy = r[3] * x + r[4] * y + r[5] * z;
    const qz = r[6] * x + r[7] * y + r[8] * z + shift[2];
    const nearer = (focal - z) / (focal - qz);
    const weight = headWeight[i];
    turned[3 * i] = points[3 * i] + weight * (qx * nearer + shift[0] - x);
    turned[3 * i + 1] =
      points[3 * i + 1] + weight * (qy * nearer + shift[1] - y) + breathWeight[i] * rise;
    turned[3 * i + 2] = pz + z + weight * (qz - z);
  }
}

/**
 * @param {View} view
 * @param {Float32Array} turned flat x, y, z
 * @param {Float32Array} screen result, flat x, y
 */
export function project(view, turned, screen) {
  for (let i = 0; i < screen.length / 2; i += 1) {
    screen[2 * i] = turned[3 * i] * view.scale + view.left;
    screen[2 * i + 1] = -turned[3 * i + 1] * view.scale + view.top;
  }
}

/**
 * Frames head and shoulders for a picture of that many pixels, as `choose_view` does.
 * @param {Bundle} bundle
 * @param {number} width
 * @param {number} height
 * @returns {View}
 */
export function chooseView({ head, canvas }, width, height) {
  const [canvasWidth, canvasHeight] = canvas;
  const aspect = width / height;
  let tall = Math.max(VIEW_HEIGHT * head.height, (VIEW_WIDTH * head.height) / aspect);
  const hairIsCut = head.crown_row < 2;
  let top = hairIsCut ? 0 : head.crown_row - HEADROOM * head.height;
  let lowest = canvasHeight;
  if (tall * aspect > canvasWidth) {
    const needed = head.chin_row + BELOW_CHIN * head.height;
    lowest = Math.min(canvasHeight, Math.max(head.cut_row, needed));
  }
  if (aspect >= 1 || hairIsCut) tall = Math.min(tall, lowest - top);
  else top = Math.min(top, lowest - tall);
  const wide = tall * aspect;
  let left = head.centre - wide / 2;
  if (wide <= canvasWidth) left = clamp(left, 0, canvasWidth - wide);
  const scale = height / tall;
  return { scale, left: -left * scale, top: -top * scale };
}
