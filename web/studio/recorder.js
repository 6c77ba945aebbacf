/**
 * Records the face as it is on the screen, with its voice, into a film that says what it is.
 * Imports nothing.
 */

const TYPES = [
  "video/webm;codecs=vp9,opus",
  "video/webm;codecs=vp8,opus",
  "video/webm",
  "video/mp4",
];
const RATE = 25;
/** Pixels of the longer side. */
const LONGEST = 1280;
const BITS_A_SECOND = 4_000_000;
/** Of the film's height. */
const LETTERS = 0.032;

/** @returns {string | null} the kind of film this browser can make */
export function filmType() {
  if (typeof MediaRecorder === "undefined") return null;
  return TYPES.find((type) => MediaRecorder.isTypeSupported(type)) ?? null;
}

/** One recording. The notice is burned into every picture of it. */
export class Recorder {
  #canvas = document.createElement("canvas");
  #context = this.#canvas.getContext("2d", { alpha: false });
  /** @type {Blob[]} */
  #pieces = [];
  #recorder;
  #notice;
  #type;
  #began = performance.now();

  /**
   * @param {HTMLVideoElement | HTMLCanvasElement} picture what is drawn first, for its size
   * @param {MediaStream | null} sound its audio is recorded too
   * @param {string} notice
   * @throws {DOMException | TypeError} this browser cannot record
   */
  constructor(picture, sound, notice) {
    const type = filmType();
    if (type === null) throw new TypeError("no film can be recorded here");
    this.#type = type;
    this.#notice = notice;
    const [width, height] = sizeOf(picture);
    const scale = Math.min(1, LONGEST / Math.max(width, height, 1));
    this.#canvas.width = even(width * scale);
    this.#canvas.height = even(height * scale);
    const stream = this.#canvas.captureStream(RATE);
    for (const track of sound?.getAudioTracks() ?? []) stream.addTrack(track.clone());
    this.#recorder = new MediaRecorder(stream, {
      mimeType: type,
      videoBitsPerSecond: BITS_A_SECOND,
    });
    this.#recorder.addEventListener("dataavailable", ({ data }) => this.#pieces.push(data));
    this.draw(picture);
    this.#recorder.start(1_000);
  }

  get seconds() {
    return (performance.now() - this.#began) / 1_000;
  }

  /** @param {HTMLVideoElement | HTMLCanvasElement} picture as it is right now */
  draw(picture) {
    const context = this.#context;
    const [width, height] = sizeOf(picture);
    if (!context || width === 0) return;
    const { width: across, height: down } = this.#canvas;
    const scale = Math.max(across / width, down / height);
    context.drawImage(
      picture,
      (across - width * scale) / 2,
      (down - height * scale) / 2,
      width * scale,
      height * scale,
    );
    const letters = Math.max(12, Math.round(down * LETTERS));
    context.font = `600 ${letters}px system-ui, sans-serif`;
    const room = letters * 0.6;
    const wide = context.measureText(this.#notice).width + 2 * room;
    context.fillStyle = "rgb(14 16 22 / 72%)";
    context.fillRect(room, down - letters * 2.6, wide, letters * 1.9);
    context.fillStyle = "#fff";
    context.textBaseline = "middle";
    context.fillText(this.#notice, 2 * room, down - letters * 1.65);
  }

  /** @returns {Promise<{film: Blob, seconds: number, ending: string}>} */
  stop() {
    const { seconds } = this;
    return new Promise((resolve) => {
      this.#recorder.addEventListener(
        "stop",
        () => {
          const type = this.#type.split(";")[0] ?? "";
          for (const track of this.#recorder.stream.getTracks()) track.stop();
          resolve({
            film: new Blob(this.#pieces, { type }),
            seconds,
            ending: type.endsWith("mp4") ? "mp4" : "webm",
          });
        },
        { once: true },
      );
      this.#recorder.stop();
    });
  }
}

/** @param {HTMLVideoElement | HTMLCanvasElement} picture */
function sizeOf(picture) {
  return picture instanceof HTMLVideoElement
    ? [picture.videoWidth, picture.videoHeight]
    : [picture.width, picture.height];
}

/** @param {number} side */
function even(side) {
  return Math.max(2, 2 * Math.round(side / 2));
}
