/**
 * Every word the page shows, in one language. Another language is another module of this shape.
 * Imports nothing.
 */

/** @param {number} seconds */
const inSeconds = (seconds) => (seconds === 1 ? "1 second" : `${seconds} seconds`);

/** A problem in the words of the person who has it: what happened, and what helps. */
const problems = /** @type {Record<string, {title: string, text: string}>} */ ({
  server_full: {
    title: "All seats are taken",
    text: "Everyone who can be served well is being served. You are let in as soon as there is room.",
  },
  model_unavailable: {
    title: "Not quite ready",
    text: "Part of the server is restarting. This takes a few seconds.",
  },
  not_found: {
    title: "Nobody here by that name",
    text: "This person does not exist on the server. Please choose another one.",
  },
  unauthorized: {
    title: "You are not signed in",
    text: "The server wants a valid token. Please open the link you were given again.",
  },
  network: {
    title: "The server cannot be reached",
    text: "Please check your connection, or whether the server is running.",
  },
  lost: {
    title: "The connection was lost",
    text: "It did not come back by itself. Your conversation is still on this page.",
  },
  timeout: {
    title: "This takes too long",
    text: "The server did not answer in time. Please try again.",
  },
  media_failed: {
    title: "Sound and picture do not get through",
    text: "A firewall may be blocking them. Another network often helps.",
  },
  media_lost: {
    title: "Sound and picture were interrupted",
    text: "The connection is made again.",
  },
  too_large: {
    title: "That was too long",
    text: "Please send a shorter message.",
  },
  unsupported: {
    title: "This browser cannot show the face",
    text: "It has no WebRTC. A current Chrome, Edge, Firefox or Safari works.",
  },
  replaced: {
    title: "The conversation moved",
    text: "It was opened somewhere else.",
  },
  avatar_deleted: {
    title: "This face was deleted",
    text: "The conversation that showed it has ended. Please choose another face.",
  },
  goodbye: {
    title: "Until next time",
    text: "The conversation has ended.",
  },
  server_stopping: {
    title: "The server is restarting",
    text: "Please try again in a moment.",
  },
  driven: {
    title: "Your camera moves the face",
    text: "Stop the camera to talk.",
  },
  internal: {
    title: "Something went wrong",
    text: "Please try again.",
  },
});

/** Problems of making a face that the server cannot word itself, or not for this page. */
const cloneProblems = /** @type {Record<string, string>} */ ({
  busy: "Other faces are being made right now. Please try again in a moment.",
  forbidden: "The server takes photos from its own page only.",
  internal: "Something went wrong on the server. Please try again.",
  model_unavailable: "The server could not finish the face. Please try again.",
  network: "The photo did not get through. Please check your connection and try again.",
  rate_limited: "You have made several faces just now. Please wait a minute.",
  too_large: "The photos are too large. All together may have 40 MB.",
});

/** Beside the microphone button, when there is something to say about it. */
const microphoneHints = /** @type {Record<string, string>} */ ({
  asking: "Please allow the microphone, or just type.",
  refused: "The microphone is blocked. Allow it next to the address, or just type.",
  missing: "No microphone was found. You can type instead.",
  unplugged: "The microphone was unplugged. Press its button to use another one.",
  insecure: "The microphone needs a secure address (https). You can type.",
});

export const strings = {
  language: "en",
  product: "Visavis",

  /** Texts and labels the document asks for with `data-text`, `data-label`, `data-placeholder`. */
  document: /** @type {Record<string, string>} */ ({
    badge: "AI-generated person",
    cloneAgain: "Try another photo",
    cloneAgree: "I am this person, or have their permission",
    cloneBy: "Your name, for the record of who agreed",
    cloneChoose: "Choose a photo",
    cloneDelete: "Delete this face",
    cloneMake: "Make the face",
    cloneMore: "More photos, for a mouth like your own",
    cloneName: "Name of this face",
    cloneOpenMouth: "With a wide open mouth",
    clonePhoto: "The photo you chose",
    clonePreview: "The new face introduces itself",
    clonePrivacy:
      "The photo goes to this server and nowhere else, and is not kept. Kept are the face made " +
      "of it, its name and who agreed. Only who has its address can see it. You can delete it " +
      "here at any time, for good.",
    cloneSmiling: "With a smile that shows the teeth",
    cloneTalk: "Talk with this face",
    cloneTitle: "Use your own face",
    cloneVideo: "Picture of your camera",
    close: "Close",
    faces: "With which face?",
    conversation: "Conversation",
    devices: "Sound and picture",
    disclosure: "You are talking to an AI. The face and the voice are generated.",
    done: "Done",
    driveAbout:
      "The face does what yours does: mouth, eyes, brows, head. First it learns your face at " +
      "rest: look into the camera for a second, relaxed, lips closed. Meanwhile the AI neither " +
      "listens nor speaks.",
    driveMirror: "Move like a mirror",
    driveStart: "Turn on the camera",
    driveStop: "Stop",
    driveTitle: "Drive with my camera",
    driveVideo: "Picture of your camera",
    end: "End",
    history: "Turn by turn",
    interrupt: "Interrupt (Esc)",
    message: "Type a message",
    microphoneDevice: "Microphone",
    presentation: "Picture",
    moods: "Moods",
    moodsEmotions: "What the face feels",
    moodsGestures: "What the face does",
    people: "Who would you like to talk to?",
    send: "Send",
    side: "Conversation and timing",
    sound: "Turn on the sound",
    speakerDevice: "Speaker",
    suggestions: "Suggested questions",
    stage: "The person you are talking to",
    startTyping: "Type instead",
    tabs: "Conversation and timing",
    talkMode: "Hold to talk",
    timing: "Timing",
    timingEmpty: "After each answer you see here where its milliseconds went.",
    transcriptEmpty: "What you both say appears here.",
    video: "Face and voice of the AI-generated person",
  }),

  start: "Start talking",
  startAgain: "Talk again",
  tryAgain: "Try again",
  /** @param {number} seconds */
  tryAgainIn: (seconds) => `Try now (${seconds} s)`,
  connecting: { title: "Connecting", text: "One moment." },
  /** @param {number} seconds */
  reconnectingIn: (seconds) =>
    seconds > 0 ? `Trying again in ${inSeconds(seconds)}.` : "Trying again now.",
  reconnectingTitle: "The connection was interrupted",

  connection: {
    connecting: "Connecting",
    connected: "Connected",
    reconnecting: "Reconnecting",
    closed: "",
  },
  conversationStates: {
    idle: "Ready",
    listening: "Listening",
    thinking: "Thinking",
    speaking: "Speaking",
  },
  microphone: {
    off: "Turn on the microphone",
    asking: "Waiting for permission to use the microphone",
    on: "Mute the microphone",
    muted: "Unmute the microphone",
    refused: "Microphone blocked; ask again",
    missing: "No microphone; look again",
  },
  microphoneHints,
  holdToTalk: {
    free: "Hold to talk",
    held: "Listening; let go when you have finished",
    hint: "Hold the microphone, or the space bar, while you speak.",
  },
  noTyping: "Could not send: the connection is interrupted.",
  defaultDevice: "System default",
  presentations: {
    video: "Drawn by the server",
    motion: "Drawn on this device",
    audio: "Sound only",
    text: "Text only",
  },
  /** Why the picture changed by itself. */
  presentationReasons: /** @type {Record<string, string>} */ ({
    device: "This device could not keep up, so the server draws the face.",
    network: "The connection is too slow for pictures right now.",
    server_load: "The server is busy, so it does not draw the face right now.",
    recovered: "Pictures are back.",
  }),
  /** @param {number} number */
  unnamedDevice: (number) => `Device ${number}`,
  devicesHint: "Names appear once the microphone has been allowed.",

  badgeClone: "Photo moved by AI",
  clone: {
    theirOwn: "Their own",
    photoHints: {
      empty: "One person in good light, looking into the camera.",
      starting: "Please allow the camera.",
      live: "Put your face into the outline, look into the camera, lips closed.",
      chosen: "",
    },
    cameraButtons: {
      empty: "Use the camera",
      starting: "Use the camera",
      live: "Take the photo",
      chosen: "Use the camera",
    },
    /** @param {string} name of the browser's error */
    cameraProblem: (name) =>
      name === "NotAllowedError"
        ? "The camera is blocked. Allow it next to the address, or choose a photo."
        : name === "SecurityError"
          ? "The camera needs a secure address (https). Please choose a photo."
          : "No camera can be used. Please choose a photo.",
    noPreview: "This browser cannot show this photo; the server may well read it.",
    missing: {
      photo: "Please choose or take a photo first.",
      smaller: "The photos are too large. All together may have 40 MB.",
      name: "Please give the face a name.",
      by: "Please say who agrees.",
      consent: "A face may be used only if the person agrees. Please confirm that.",
    },
    sending: "Sending the photo",
    making: "Making the face",
    filming: "It learns to speak. A few seconds more.",
    noFilm: "The preview could not be made. You can talk with the face all the same.",
    /** @param {string} name */
    made: (name) => `${name} is ready`,
    delete: "Delete this face",
    deleted: "The face is deleted, with all that was made of it.",
    reallyDelete: "Really delete? It cannot be brought back.",
    /** @param {{code: string, message: string}} error */
    problem: ({ code, message }) =>
      cloneProblems[code] ?? (message || /** @type {string} */ (cloneProblems.internal)),
  },

  drive: {
    badge: "Moved by you",
    opening: "One moment",
    /** @param {boolean} here where the face is read */
    where: (here) => (here ? "Read on this device" : "Read by the server"),
  },

  emotions: {
    neutral: "Calm",
    happy: "Happy",
    sad: "Sad",
    surprised: "Surprised",
    concerned: "Concerned",
    thinking: "Thinking",
  },
  gestures: {
    nod: "Nod",
    shake: "Shake",
    wink: "Wink",
    brows: "Brows",
    tilt: "Tilt",
  },

  you: "You",
  interrupted: "interrupted",
  reconnected: "The connection was interrupted here",

  layers: /** @type {Record<string, string>} */ ({
    endpointing: "End of turn",
    transcription: "Understanding",
    answer: "Answer",
    voice: "Voice",
    motion: "Motion",
    draw: "Drawing",
    encode: "Encoding",
    network_and_display: "Network and screen",
  }),
  /** @param {number} ms */
  milliseconds: (ms) => `${Math.round(ms).toLocaleString("en")} ms`,
  /** What the time of a turn is, by how it began. */
  turnKinds: {
    spoken: (/** @type {number} */ turn) => `voice to voice, turn ${turn}`,
    typed: (/** @type {number} */ turn) => `text to voice, turn ${turn}`,
    greeting: () => "to the first word of the greeting",
  },
  /** @param {number} turn */
  turn: (turn) => (turn === 0 ? "Greeting" : `Turn ${turn}`),
  /**
   * @param {number} median
   * @param {number} percentile95
   * @param {number | null} budget what the layer took too long for, if it did
   */
  layerFacts: (median, percentile95, budget) =>
    `Median ${Math.round(median)} ms, 95th percentile ${Math.round(percentile95)} ms` +
    (budget === null ? "." : `. Longer than its budget of ${Math.round(budget)} ms.`),
  median: "Median",
  percentile95: "95th percentile",
  turns: "Spoken turns",
  firstFrame: "Click to face",
  /**
   * @param {number} uncertainty
   * @param {number | null} offset null where the clocks count from different beginnings
   */
  clock: (uncertainty, offset) =>
    `The clocks of server and screen are compared to within ±${uncertainty.toFixed(1)} ms` +
    (offset === null
      ? "."
      : ` (offset ${offset < 0 ? "−" : "+"}${Math.abs(offset).toFixed(1)} ms).`),

  problems,
};

/**
 * @param {string} code an error's code or a closing's reason
 * @returns {{title: string, text: string}}
 */
export function problemWords(code) {
  return problems[code] ?? /** @type {{title: string, text: string}} */ (problems.internal);
}
