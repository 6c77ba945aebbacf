/** The names of a motion's 65 channels; `render/types.py` says what they mean. Imports nothing. */

export const SHAPES = /** @type {const} */ ([
  "browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight",
  "cheekPuff", "cheekSquintLeft", "cheekSquintRight",
  "eyeBlinkLeft", "eyeBlinkRight", "eyeLookDownLeft", "eyeLookDownRight",
  "eyeLookInLeft", "eyeLookInRight", "eyeLookOutLeft", "eyeLookOutRight",
  "eyeLookUpLeft", "eyeLookUpRight", "eyeSquintLeft", "eyeSquintRight",
  "eyeWideLeft", "eyeWideRight",
  "jawForward", "jawLeft", "jawOpen", "jawRight",
  "mouthClose", "mouthDimpleLeft", "mouthDimpleRight", "mouthFrownLeft", "mouthFrownRight",
  "mouthFunnel", "mouthLeft", "mouthLowerDownLeft", "mouthLowerDownRight",
  "mouthPressLeft", "mouthPressRight", "mouthPucker", "mouthRight",
  "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper",
  "mouthSmileLeft", "mouthSmileRight", "mouthStretchLeft", "mouthStretchRight",
  "mouthUpperUpLeft", "mouthUpperUpRight", "noseSneerLeft", "noseSneerRight", "tongueOut",
]); // prettier-ignore
const OTHERS = /** @type {const} */ ([
  "seal", "tuck", "round", "tongueUp",
  "yaw", "pitch", "roll", "shiftX", "shiftY", "shiftZ", "breath",
  "gazeX", "gazeY",
]); // prettier-ignore

/** @typedef {typeof SHAPES[number] | typeof OTHERS[number]} Channel */

/** @type {readonly Channel[]} */
export const CHANNELS = [...SHAPES, ...OTHERS];
const INDEX = /** @type {Record<Channel, number>} */ (
  Object.fromEntries(CHANNELS.map((name, index) => [name, index]))
);

/**
 * @param {Float32Array} values
 * @param {Channel} channel
 */
export function at(values, channel) {
  return values[INDEX[channel]];
}

/**
 * @param {Float32Array} values
 * @param {Channel} channel
 * @param {number} value
 */
export function put(values, channel, value) {
  values[INDEX[channel]] = value;
}
