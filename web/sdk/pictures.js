/**
 * Small pictures of a camera, as many as are wanted. Needs a video element, which shows the
 * camera. Imports clock and errors.
 */

import { wallClock } from "./clock.js";
import { SessionError } from "./errors.js";

/** @typedef {{jpeg: Blob} | {reading: number[] | null}} Seen a picture, or what was read off it */
/** @typedef {Seen & {at_ms: number}} CameraPicture when it was taken, on the wall clock */
/** @typedef {(video: HTMLVideoElement) => Promise<Seen | null>} Look null for nothing to tell */

const WISHES = {
  facingMode: "user",
  width: { ideal: 640 },
  height: { ideal: 480 },
  frameRate: { ideal: 30 },
};
/** Pixels of the longer side: enough to read a face, little to send. */
const LONGER_SIDE = 400;
const QUALITY = 0.7;
/** Between pictures: 25 a second, as many as the face shows. */
const PERIOD_MS = 40;
const CODES = /** @type {Record<string, string>} */ ({
  NotAllowedError: "camera_refused",
  SecurityError: "camera_insecure",
});

/** One camera. Fires `ended` when it is unplugged. */
export class CameraPictures extends EventTarget {
  #video;
  #look;
  #looking = false;
  /** @type {MediaStream | null} */
  #stream = null;
  #due = 0;
  #closed = false;

  /**
   * @param {HTMLVideoElement} video
   * @param {Look} [look] at what the video shows; by default, it is made a JPEG
   */
  constructor(video, look = makeJpegs()) {
    super();
    this.#video = video;
    this.#look = look;
  }

  /**
   * Asks for the camera and shows what it sees.
   * @throws {SessionError} `unsupported`, `camera_refused`, `camera_insecure`, `camera_missing`
   */
  async open() {
    if (!("requestVideoFrameCallback" in this.#video)) {
      throw new SessionError("camera_unsupported", "no access to the pictures of a video");
    }
    try {
      if (!navigator.mediaDevices) throw new DOMException("no secure address", "SecurityError");
      const stream = await navigator.mediaDevices.getUserMedia({ video: WISHES });
      if (this.#closed) {
        for (const track of stream.getTracks()) track.stop();
        return;
      }
      this.#stream = stream;
      stream.getVideoTracks()[0]?.addEventListener("ended", () => {
        this.dispatchEvent(new Event("ended"));
      });
      this.#video.srcObject = stream;
      await this.#video.play();
    } catch (error) {
      const name = error instanceof DOMException ? error.name : "";
      throw new SessionError(CODES[name] ?? "camera_missing", String(error));
    }
  }

  /**
   * Takes pictures from now on.
   * @param {() => boolean} wanted asked before each
   * @param {(picture: CameraPicture) => void} take
   */
  follow(wanted, take) {
    const step = (/** @type {number} */ now, /** @type {VideoFrameCallbackMetadata} */ frame) => {
      if (this.#closed) return;
      this.#video.requestVideoFrameCallback(step);
      if (this.#looking || now < this.#due || !wanted()) return;
      this.#due = Math.max(this.#due + PERIOD_MS, now - PERIOD_MS / 2);
      const at_ms = wallClock(frame.captureTime ?? now);
      void this.#see((seen) => take({ ...seen, at_ms }));
    };
    this.#video.requestVideoFrameCallback(step);
  }

  /** @param {(seen: Seen) => void} take */
  async #see(take) {
    this.#looking = true;
    const seen = await this.#look(this.#video).catch(() => null);
    this.#looking = false;
    if (seen && !this.#closed) take(seen);
  }

  /** Lets go of the camera. */
  close() {
    this.#closed = true;
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.#video.srcObject = null;
  }
}

/** @returns {Look} */
function makeJpegs() {
  const canvas = document.createElement("canvas");
  return async (video) => {
    const { videoWidth: width, videoHeight: height } = video;
    const scale = Math.min(1, LONGER_SIDE / Math.max(width, height, 1));
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const context = canvas.getContext("2d", { alpha: false });
    context?.drawImage(video, 0, 0, canvas.width, canvas.height);
    /** @type {Blob | null} */
    const jpeg = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    return jpeg && { jpeg };
  };
}
