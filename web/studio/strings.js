/**
 * Every word of the studio that is its own, by language; the dialog that makes a face has those of
 * the talk page. Imports nothing.
 */

const english = {
  language: "en",

  /** What the document asks for with `data-say`, `data-say-label`, `data-say-placeholder`. */
  document: /** @type {Record<string, string>} */ ({
    room: "Studio",
    key: "API key",
    end: "End",
    stage: "Try-out",
    video: "Face and voice of the AI-generated person",
    sound: "Turn on the sound",
    startTyping: "Type instead",
    message: "Type a message",
    send: "Send",
    interrupt: "Interrupt (Esc)",
    disclosureShort: "You are talking to an AI. The face and the voice are generated.",
    log: "What was said",
    logEmpty: "What you both say appears here.",
    cast: "Personas",
    new: "New persona",
    tabs: "What to work on",
    tabPersona: "Persona",
    tabFaces: "Face",
    tabCamera: "Camera",
    tabEmbed: "Embed",
    shipped:
      "This persona comes with Visavis and stays as it is. Duplicate it to make it your own.",
    revert: "Undo changes",
    duplicate: "Duplicate",
    facesLead: "With which face does this persona answer?",
    facesChoice: "Faces",
    clone: "Make a face of a photo",
    cameraTitle: "Move the face with your own",
    cameraAbout:
      "Mouth, eyes, brows and head follow yours, live. First your face at rest is learnt: look " +
      "into the camera for a second, relaxed, lips closed. Meanwhile the AI neither listens nor " +
      "speaks.",
    cameraVideo: "Picture of your camera",
    mirror: "Move like a mirror",
    clipTitle: "Record a clip",
    clipAbout:
      "Records the face as it is on the stage, with its voice: driven by your camera, or talking. " +
      "You get the film, marked as AI-generated, and the motion alone as numbers. Both stay in " +
      "this browser until you save them.",
    embedLead: "Put this persona on your website.",
    embedUnsaved: "Save your changes first, or visitors will meet the persona as it was.",
    embedPage: "In your page",
    embedServer: "On your own server",
    embedTokenAbout:
      "The page asks your server for a token, and your server asks this one. The API key stays on " +
      "your server; a token is good for five minutes, for this persona and your site only.",
    embedSettings: "On this server, in visavis.toml",
    embedPolicy:
      "With a content policy, script-src, img-src and connect-src need this server, and " +
      "connect-src its wss address too. Visitors are told that they talk to an AI, and asked " +
      "before anything of theirs is sent.",
    copy: "Copy",
    keyTitle: "This server has API keys",
    keyAbout:
      "Whoever changes personas, makes faces or tries them out needs one. It is kept until you " +
      "leave this page, and nowhere else.",
    keyKeep: "Use this key",
    cancel: "Cancel",
  }),

  fields: {
    groups: {
      who: "Who",
      says: "What visitors meet",
      manner: "How they talk",
      knows: "What they know",
      variables: "Variables",
    },
    name: { label: "Name", help: "" },
    avatar: { label: "Face", help: "" },
    voice: { label: "Voice", help: "" },
    language: { label: "Language", help: "" },
    emotion: { label: "Mood", help: "" },
    intensity: { label: "How strongly", help: "" },
    greeting: {
      label: "Greeting",
      help: "The first words. Tags like [happy:0.6] or [nod] move the face and are never said.",
    },
    disclosure: {
      label: "Disclosure",
      help: "Always shown. It must say that the face or the voice is generated, or an AI.",
    },
    questions: {
      label: "Suggested questions",
      help: "One a line, in this persona's language, to touch or click. Try each: it must be able to answer them.",
    },
    topics: { label: "Topics", help: "Completes “You can ask me about …”." },
    style: { label: "Style", help: "A few words: warm, bright and brief." },
    prompt: {
      label: "Instructions",
      help: "For a language model: who this is, and how to answer aloud.",
    },
    knowledge: {
      label: "Knowledge",
      help:
        "A line with ## is a heading, a line with - is one fact of at most 30 words, said as it " +
        "stands. A line with Q: beneath it holds ways to ask for it, parted by slashes. What is " +
        "not here is not claimed.",
    },
    variables: {
      label: "Variables",
      help:
        "{{customer}} in a text stands for what is said here, or by whoever opens the talk. " +
        "{{name}} is always there.",
    },
  },
  mood: "As the server has it",
  emotions: /** @type {Record<string, string>} */ ({
    neutral: "Calm",
    happy: "Happy",
    sad: "Sad",
    surprised: "Surprised",
    concerned: "Concerned",
    thinking: "Thinking",
  }),
  needed: "This is needed.",
  addVariable: "Add a variable",
  variableName: "Name",
  variableValue: "Stands for",
  variableAsked: "given by each talk",
  removeVariable: /** @param {string} name */ (name) => `Remove ${name || "this variable"}`,
  twice: "Two variables have the same name.",
  /** @param {number} facts @param {number} questions */
  knows: (facts, questions) =>
    `${facts} ${facts === 1 ? "fact" : "facts"}, ${questions} ways to ask`,
  changeFace: "Change",

  newName: "New persona",
  shippedMark: "Comes with Visavis",
  ownMark: "Yours",
  unsavedMark: "Not saved",
  /** @param {string} name */
  copyOf: (name) => `${name} (copy)`,
  save: "Save",
  saveNew: "Save as a new persona",
  saving: "Saving",
  saved: "Saved. The next conversation is with the persona as it is now.",
  delete: "Delete",
  reallyDelete: "Really delete?",
  deleted: "Deleted.",
  discard: "Your changes are not saved. Leave them?",
  /** @param {number} count */
  lookAt: (count) => (count === 1 ? "One field needs a look." : `${count} fields need a look.`),

  generated: "AI-generated",
  fromPhoto: "From a photo, with consent",
  deleteFace: /** @param {string} name */ (name) => `Delete ${name}`,
  watchFace: /** @param {string} name */ (name) => `Watch ${name} speak`,
  faceDeleted: "The face is deleted, with all that was made of it.",
  facesOfShipped:
    "You try this face out; the persona itself keeps its own. Duplicate it to change that.",
  facePublic:
    "Whoever may open this server's pages can see the face of a saved persona, and talk to it.",

  badge: "AI-generated person",
  badgeClone: "Photo moved by AI",
  tryTitle: /** @param {string} name */ (name) => `Try ${name}`,
  tryText: /** @param {string} topics */ (topics) => `Ask about ${topics}.`,
  start: "Start talking",
  startSaved: "Save and talk",
  again: "Talk again",
  /** @param {string[]} names */
  standIns: (names) => `In this try-out, ${names.join(" and ")} stand for themselves.`,
  restarted: "Changed. Start again to meet the persona as it is now.",
  connection: /** @type {Record<string, string>} */ ({
    connecting: "Connecting",
    connected: "Connected",
    reconnecting: "Reconnecting",
    closed: "",
  }),
  states: /** @type {Record<string, string>} */ ({
    idle: "Ready",
    listening: "Listening",
    thinking: "Thinking",
    speaking: "Speaking",
  }),
  microphone: /** @type {Record<string, string>} */ ({
    off: "Turn on the microphone",
    asking: "Waiting for permission to use the microphone",
    on: "Mute the microphone",
    muted: "Unmute the microphone",
    refused: "Microphone blocked; ask again",
    missing: "No microphone; look again",
  }),
  microphoneHints: /** @type {Record<string, string>} */ ({
    asking: "Please allow the microphone, or just type.",
    refused: "The microphone is blocked. You can type instead.",
    missing: "No microphone was found. You can type instead.",
  }),

  driven: "Moved by you",
  cameraOn: "Turn on the camera",
  cameraOff: "Turn off the camera",
  cameraIsOff: "The camera is off.",

  record: "Start recording",
  stopRecording: "Stop recording",
  recordWhen: "Turn on the camera or start talking, then record.",
  recordUnsupported: "This browser cannot record.",
  recordFailed: "The clip could not be recorded.",
  recording: /** @param {number} seconds */ (seconds) => `Recording ${seconds} s`,
  notice: "AI-generated",
  clip: /** @param {number} seconds */ (seconds) => `Clip of ${seconds.toFixed(1)} s`,
  saveFilm: "Save the film",
  saveMotion: /** @param {number} frames */ (frames) => `Save the motion, ${frames} frames`,
  noMotion: "No motion: the server drew this face.",
  removeClip: "Discard",

  embed: {
    how: "How",
    hows: /** @type {Record<string, string>} */ ({
      bubble: "A bubble in the corner",
      element: "A box in the page",
      code: "In code",
    }),
    theme: "Theme",
    themes: /** @type {Record<string, string>} */ ({
      auto: "As the visitor's device",
      light: "Light",
      dark: "Dark",
    }),
    position: "Corner",
    positions: /** @type {Record<string, string>} */ ({ right: "Right", left: "Left" }),
    language: "Language of the buttons",
    languages: /** @type {Record<string, string>} */ ({
      "": "As the page",
      en: "English",
      de: "Deutsch",
    }),
    site: "Your website",
    tokenUrl: "Where your server hands out tokens",
    privacyUrl: "Your privacy notice",
    badSite: "An address like https://shop.example",
  },
  copied: "Copied",

  problems: /** @type {Record<string, string>} */ ({
    busy: "There are as many personas as may be. Please delete one first.",
    forbidden: "This cannot be changed here.",
    goodbye: "The conversation has ended.",
    internal: "Something went wrong. Please try again.",
    lost: "The connection was lost.",
    media_failed: "Sound and picture do not get through. Another network often helps.",
    model_unavailable: "Part of the server is restarting. This takes a few seconds.",
    network: "The server cannot be reached.",
    not_found: "This is not here any more.",
    rate_limited: "That was often enough for now; please wait a minute.",
    server_full: "All places are taken. Please try again in a moment.",
    server_stopping: "The server is restarting. Please try again in a moment.",
    timeout: "The server did not answer in time. Please try again.",
    token_expired: "The permission has expired. Please start again.",
    too_large: "That is too large.",
    unauthorized: "The server wants a valid API key.",
    unsupported: "This browser cannot show the face. A current one can.",
  }),
};

/** @typedef {typeof english} Words */

const LANGUAGES = /** @type {Record<string, Words>} */ ({ en: english });

/**
 * @param {string} tag BCP 47
 * @returns {Words} of that language, or English
 */
export function wordsFor(tag) {
  return LANGUAGES[tag.split("-")[0]?.toLowerCase() ?? ""] ?? english;
}

export const words = wordsFor(globalThis.navigator?.language ?? "en");

/**
 * @param {string} code
 * @param {string} [said] by the server
 */
export function problem(code, said = "") {
  return words.problems[code] ?? (said || (words.problems.internal ?? ""));
}
