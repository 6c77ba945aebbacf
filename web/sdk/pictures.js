/**
 * Small pictures of a camera, as many as are wanted. Needs a video element, which shows the
 * camera. Imports clock and errors.
 */

import { wallClock } from "./clock.js";
import { SessionError } from "./errors.js";

/** @typedef {{jpeg: Blob, at_ms: number}} CameraPicture when it was taken, on the wall clock */

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
  #canvas = document.createElement("canvas");
  /** @type {MediaStream | null} */
  #stream = null;
  #due = 0;
  #closed = false;

  /** @param {HTMLVideoElement} video */
  constructor(video) {
    super();
    this.#video = video;
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
      if (now < this.#due || !wanted()) return;
      this.#due = Math.max(this.#due + PERIOD_MS, now - PERIOD_MS / 2);
      const at_ms = wallClock(frame.captureTime ?? now);
      this.#encode((jpeg) => {
        if (jpeg && !this.#closed) take({ jpeg, at_ms });
      });
    };
    this.#video.requestVideoFrameCallback(step);
  }

  /** @param {(jpeg: Blob | null) => void} done */
  #encode(done) {
    const { videoWidth: width, videoHeight: height } = this.#video;
    const scale = Math.min(1, LONGER_SIDE / Math.max(width, height, 1));
    this.#canvas.width = Math.round(width * scale);
    this.#canvas.height = Math.round(height * scale);
    const context = this.#canvas.getContext("2d", { alpha: false });
    context?.drawImage(this.#video, 0, 0, this.#canvas.width, this.#canvas.height);
    this.#canvas.toBlob(done, "image/jpeg", QUALITY);
  }

  /** Lets go of the camera. */
  close() {
    this.#closed = true;
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.#video.srcObject = null;
  }
}
