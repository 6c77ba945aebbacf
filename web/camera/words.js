/**
 * What pages say of a camera that moves the face: what leaves the device, how it goes, why it ended.
 * Imports nothing.
 */

const readHere =
  "No picture of your camera leaves this device: your browser reads your face itself. Only " +
  "numbers, how far it turns and moves, go to the server of this page, which stores none.";
const readThere =
  "Small pictures of your camera go to the server of this page, are read there and forgotten " +
  "at once. None is stored, shown to anybody or sent on.";
const cannotRead =
  "This browser cannot read your face itself. If you turn the camera on again, pictures go to " +
  "the server, as said above.";

const states = /** @type {Record<string, string>} */ ({
  asking: "Please allow the camera.",
  connecting: "One moment.",
  calibrating: "Look into the camera, relaxed, lips closed.",
  following: "The face follows you.",
  searching: "Your face cannot be seen.",
});

const internal = "The camera cannot move the face right now. Please try again.";
const problems = /** @type {Record<string, string>} */ ({
  busy: "Somebody else is moving a face right now. Please try again in a moment.",
  camera_insecure: "The camera needs a secure address (https).",
  camera_missing: "No camera can be used.",
  camera_refused: "The camera is blocked. Allow it next to the address, and try again.",
  camera_silent: "Nothing more came from your camera.",
  camera_unsupported: "This browser cannot read its camera's pictures.",
  hidden: "The camera was turned off because the page was not visible.",
  internal,
  lost: "The connection was interrupted; the camera is off.",
  unplugged: "The camera was unplugged.",
  unsupported: "On this server, faces cannot be moved by a camera.",
});

export const cameraWords = {
  cannotRead,
  states,
  /**
   * @param {boolean | null} here where the face is read; null while that is not known
   * @returns {string} what leaves the device
   */
  privacy: (here) => (here === null ? "" : here ? readHere : readThere),
  /** @param {string} reason an error's code */
  ended: (reason) => problems[reason] ?? internal,
  /** @param {number} ms */
  behind: (ms) => `${Math.round(ms / 10) * 10} ms behind you`,
};
