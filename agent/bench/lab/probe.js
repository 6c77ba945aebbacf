// Measures a talk from inside the page without touching it: the microphone track, the received
// voice and pictures, all on the page's clock (performance.timeOrigin + now, ms).
// Injected before the page's own scripts; results are read through window.visavisProbe.
(() => {
  const clock = () => performance.timeOrigin + performance.now();
  const WORKLET = `registerProcessor('tap', class extends AudioWorkletProcessor {
    process(inputs) {
      const samples = inputs[0][0];
      if (samples) this.port.postMessage([currentTime, samples.slice()]);
      return true;
    }
  });`;

  /** Chunks within which one at least comes without delay: some two seconds. */
  const WINDOW = 250;
  /** Milliseconds of difference that are taken for a gap. */
  const GAP = 15;

  /**
   * Records a track. A context that could not render for a while goes on later by so much: what is
   * missing then is filled with silence, so that samples stay where they were heard.
   */
  class Tap {
    constructor() {
      this.chunks = [];
      this.first = null;
      this.rate = 16000;
    }

    async open(track) {
      const context = new AudioContext({ sampleRate: this.rate });
      await context.resume();
      const url = URL.createObjectURL(new Blob([WORKLET], { type: 'text/javascript' }));
      await context.audioWorklet.addModule(url);
      const node = new AudioWorkletNode(context, 'tap', { channelCount: 1, channelCountMode: 'explicit' });
      context.createMediaStreamSource(new MediaStream([track])).connect(node);
      const silent = context.createGain();
      silent.gain.value = 0;
      node.connect(silent).connect(context.destination);
      node.port.onmessage = ({ data: [time, samples] }) => {
        const end = time + samples.length / this.rate;
        if (this.first === null) this.first = time;
        this.chunks.push({ samples, offset: clock() - end * 1000 });
      };
    }

    /** The least offset of each chunk and those after it. */
    offsets() {
      return this.chunks.map((_, at) =>
        Math.min(...this.chunks.slice(at, at + WINDOW).map(({ offset }) => offset)),
      );
    }

    read() {
      const offsets = this.offsets();
      const parts = [];
      let known = offsets[0] ?? 0;
      this.chunks.forEach(({ samples }, at) => {
        const late = offsets[at] - known;
        if (late > GAP) {
          parts.push(new Float32Array(Math.round((late / 1000) * this.rate)));
          known = offsets[at];
        }
        parts.push(samples);
      });
      const count = parts.reduce((sum, part) => sum + part.length, 0);
      const bytes = new Uint8Array(count * 2);
      const view = new DataView(bytes.buffer);
      let at = 0;
      for (const part of parts) {
        for (const value of part) {
          view.setInt16(at, Math.max(-1, Math.min(1, value)) * 32767, true);
          at += 2;
        }
      }
      let text = '';
      for (let i = 0; i < bytes.length; i += 32768) {
        text += String.fromCharCode(...bytes.subarray(i, i + 32768));
      }
      return { start_ms: this.first * 1000 + (offsets[0] ?? 0), rate: this.rate, pcm: btoa(text) };
    }
  }

  const probe = { microphone: new Tap(), voice: new Tap(), frames: [] };
  window.visavisProbe = probe;
  let heard = false;

  const media = navigator.mediaDevices;
  if (media) {
    const open = media.getUserMedia.bind(media);
    media.getUserMedia = async (constraints) => {
      const stream = await open(constraints);
      const [track] = stream.getAudioTracks();
      if (track && probe.microphone.first === null) await probe.microphone.open(track.clone());
      return stream;
    };
  }

  const Peer = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Peer {
    constructor(...options) {
      super(...options);
      probe.peer = this;
      this.addEventListener('track', ({ track }) => {
        if (track.kind === 'audio' && !heard) {
          heard = true;
          probe.voice.open(track);
        }
      });
    }
  };

  /** Video minus audio playout time in ms, from the sender's clock of both; null while unknown. */
  probe.skew = async () => {
    const times = {};
    for (const report of (await probe.peer.getStats()).values()) {
      if (report.type === 'inbound-rtp') times[report.kind] = report.estimatedPlayoutTimestamp;
    }
    return times.video && times.audio ? times.video - times.audio : null;
  };

  /** Keeps every n-th picture of the video as a JPEG with the time it was displayed. */
  probe.keep = (video, every) => {
    const canvas = new OffscreenCanvas(384, 384);
    const context = canvas.getContext('2d');
    let count = 0;
    const look = (now, metadata) => {
      if (count % every === 0) {
        const at_ms = performance.timeOrigin + metadata.expectedDisplayTime;
        context.drawImage(video, 0, 0, canvas.width, canvas.height);
        canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 }).then(async (blob) => {
          const bytes = new Uint8Array(await blob.arrayBuffer());
          probe.frames.push({ at_ms, jpeg: btoa(String.fromCharCode(...bytes)) });
        });
      }
      count += 1;
      video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
  };
})();
