/**
 * The camera: a live picture, and a photo of it. Imports nothing.
 */

const WISHES = { facingMode: "user", width: { ideal: 1920 }, height: { ideal: 1080 } };
const QUALITY = 0.95;

/** One camera, shown in one video element. */
export class Camera {
  #video;
  /** @type {MediaStream | null} */
  #stream = null;

  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.#video = video;
  }

  get live() {
    return this.#stream !== null;
  }

  /**
   * Asks for the camera and shows what it sees.
   * @throws {DOMException} it is blocked, missing or in use
   */
  async open() {
    if (!navigator.mediaDevices) throw new DOMException("no secure address", "SecurityError");
    this.#stream = await navigator.mediaDevices.getUserMedia({ video: WISHES });
    this.#video.srcObject = this.#stream;
    await this.#video.play();
  }

  /** @returns {Promise<Blob>} a JPEG of this moment, not mirrored */
  async take() {
    const canvas = document.createElement("canvas");
    canvas.width = this.#video.videoWidth;
    canvas.height = this.#video.videoHeight;
    canvas.getContext("2d")?.drawImage(this.#video, 0, 0);
    return new Promise((resolve, reject) => {
      const done = (/** @type {Blob | null} */ blob) =>
        blob ? resolve(blob) : reject(new DOMException("no picture", "InvalidStateError"));
      canvas.toBlob(done, "image/jpeg", QUALITY);
    });
  }

  /** Lets go of the camera. */
  close() {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.#video.srcObject = null;
  }
}
