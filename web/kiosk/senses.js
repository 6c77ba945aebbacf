/**
 * Notices whether somebody is at the kiosk. What its microphone and camera deliver is measured in
 * this page and dropped: nothing is kept, nothing is sent. Imports the two measures.
 */

import { CameraPresence, HEIGHT, RATE, WIDTH } from "./camera-presence.js";
import { VoicePresence } from "./voice-presence.js";

const VOICE_MS = 50;
const SAMPLES = 1_024;
/** Middle and sharpness of the band in which voices are. */
const VOICE_BAND = { frequency: 700, Q: 0.5 };
/** A device that was lost is looked for again after this time. */
const AGAIN_MS = 10_000;

/** Fires `voice` and `motion` again and again while somebody speaks or moves. */
export class Senses extends EventTarget {
  /**
   * Begins to notice.
   * @param {{voice: boolean, camera: boolean}} wishes
   */
  open({ voice, camera }) {
    if (voice) void this.#keep({ audio: true }, (stream) => this.#listen(stream));
    if (camera) void this.#keep({ video: CAMERA }, (stream) => this.#look(stream));
  }

  /**
   * @param {MediaStreamConstraints} wishes
   * @param {(stream: MediaStream) => () => void} use returns how to stop
   */
  async #keep(wishes, use) {
    const again = () => setTimeout(() => void this.#keep(wishes, use), AGAIN_MS);
    try {
      const stream = await navigator.mediaDevices.getUserMedia(wishes);
      const stop = use(stream);
      stream.getTracks()[0]?.addEventListener("ended", () => {
        stop();
        again();
      });
    } catch (error) {
      const name = error instanceof Error ? error.name : "";
      console.info(`not noticed: ${name}`);
      if (name !== "NotAllowedError") again();
    }
  }

  /** @param {MediaStream} stream */
  #listen(stream) {
    const audio = new AudioContext();
    const band = new BiquadFilterNode(audio, { type: "bandpass", ...VOICE_BAND });
    const meter = new AnalyserNode(audio, { fftSize: SAMPLES });
    audio.createMediaStreamSource(stream).connect(band).connect(meter);
    const samples = new Float32Array(SAMPLES);
    const presence = new VoicePresence();
    // where the browser wants a touch first, the first one wakes it
    const wake = () => void audio.resume();
    document.addEventListener("click", wake);
    const timer = setInterval(() => {
      if (audio.state !== "running") return;
      meter.getFloatTimeDomainData(samples);
      if (presence.observe(samples)) this.dispatchEvent(new Event("voice"));
    }, VOICE_MS);
    return () => {
      clearInterval(timer);
      document.removeEventListener("click", wake);
      void audio.close();
    };
  }

  /** @param {MediaStream} stream */
  #look(stream) {
    const video = document.createElement("video");
    video.muted = true;
    video.playsInline = true;
    video.srcObject = stream;
    void video.play();
    const canvas = new OffscreenCanvas(WIDTH, HEIGHT);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    const presence = new CameraPresence();
    const timer = setInterval(() => {
      if (context === null || video.readyState < video.HAVE_CURRENT_DATA) return;
      context.drawImage(video, 0, 0, WIDTH, HEIGHT);
      const { data } = context.getImageData(0, 0, WIDTH, HEIGHT);
      if (presence.observe(data, performance.now())) this.dispatchEvent(new Event("motion"));
    }, 1_000 / RATE);
    return () => clearInterval(timer);
  }
}

const CAMERA = {
  facingMode: "user",
  width: { ideal: 320 },
  height: { ideal: 240 },
  frameRate: { ideal: 10 },
};
