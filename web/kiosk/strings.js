/**
 * Every word the kiosk shows, by language. Imports nothing.
 */

const english = {
  name: "English",
  stage: "The person you can talk to",
  video: "Face and voice of an AI-generated person",
  badge: "AI-generated person",
  disclosure: "You are talking to an AI. The face and the voice are generated.",
  languages: "Language",
  product: "Visavis",

  setupTitle: "Start this kiosk",
  setupText: "Then it greets whoever comes, and looks after itself.",
  setupVoice: "Microphone: notices on this device that somebody speaks.",
  setupCamera: "Camera: notices on this device that somebody is there.",
  setupNothingSent:
    "No sound leaves this device before a visitor agrees, and no picture ever does.",
  setupNotice: "Visitors are listened to as soon as they are greeted. Put up a sign that says so.",
  setupStart: "Start",

  /** @param {string} name */
  hello: (name) => `Hello, I’m ${name}`,
  invitation: "Ask me anything. Touch the screen to begin.",
  invitationVoice: "Say hello, or touch the screen.",
  /** @param {string} question */
  example: (question) => `“${question}”`,
  begin: "Touch to begin",
  noticing: "This kiosk notices when somebody comes. Nothing leaves it before you agree.",

  /** @param {string} name */
  speak: (name) => `Speak with ${name}`,
  touchOnly: "Just touch",
  consent:
    "If you speak, the sound of your voice goes to our server, is understood there by software, " +
    "and is not recorded.",
  consentNotice: "You are being listened to: software understands your voice and records nothing.",
  prompts: "Questions you can touch",
  promptsTitle: "You could ask",
  /** @param {string} name @param {string} language */
  otherLanguage: (name, language) => `${name} understands and speaks ${language}.`,

  you: "You",
  states: {
    idle: "Ready",
    listening: "Listening",
    thinking: "Thinking",
    speaking: "Speaking",
  },
  microphone: {
    off: "Speak",
    asking: "One moment",
    on: "I can hear you",
    muted: "Speak",
    refused: "Microphone blocked",
    missing: "No microphone",
  },
  stopListening: "Stop listening",
  interrupt: "Stop",
  write: "Type",
  message: "Type your question",
  send: "Send",
  over: "Start over",
  sound: "Touch for sound",

  stillThere: "Are you still there?",
  /** @param {number} seconds */
  endsIn: (seconds) =>
    `This conversation ends in ${seconds} ${seconds === 1 ? "second" : "seconds"}.`,
  stay: "Yes, I’m here",
  leave: "I’m done",

  troubles: {
    starting: { title: "One moment, please", text: "I’m getting ready." },
    interrupted: { title: "One moment, please", text: "The connection was interrupted." },
    network: {
      title: "I’m offline right now",
      text: "This kiosk has no network. I’ll be back by myself as soon as it returns.",
    },
    server: {
      title: "I’m offline right now",
      text: "I can’t reach my server. I keep trying, and come back by myself.",
    },
    busy: {
      title: "All places are taken",
      text: "I’m talking to others right now. I’ll be here in a moment.",
    },
    attention: {
      title: "I can’t help right now",
      text: "Somebody has to set up this kiosk anew. Please tell the staff.",
    },
  },
};

/** @typedef {typeof english} Words */

/** @type {Words} */
const german = {
  name: "Deutsch",
  stage: "Die Person, mit der Sie sprechen können",
  video: "Gesicht und Stimme einer KI-generierten Person",
  badge: "KI-generierte Person",
  disclosure: "Sie sprechen mit einer KI. Gesicht und Stimme sind künstlich erzeugt.",
  languages: "Sprache",
  product: "Visavis",

  setupTitle: "Diesen Kiosk starten",
  setupText: "Danach begrüßt er, wer kommt, und sorgt für sich selbst.",
  setupVoice: "Mikrofon: bemerkt auf diesem Gerät, dass jemand spricht.",
  setupCamera: "Kamera: bemerkt auf diesem Gerät, dass jemand da ist.",
  setupNothingSent:
    "Kein Ton verlässt dieses Gerät, bevor jemand zustimmt, und ein Bild verlässt es nie.",
  setupNotice:
    "Besuchern wird zugehört, sobald sie begrüßt werden. Weisen Sie auf einem Schild hin.",
  setupStart: "Starten",

  hello: (name) => `Guten Tag, ich bin ${name}`,
  invitation: "Fragen Sie mich etwas. Berühren Sie den Bildschirm.",
  invitationVoice: "Sagen Sie Hallo, oder berühren Sie den Bildschirm.",
  example: (question) => `„${question}“`,
  begin: "Berühren und beginnen",
  noticing: "Dieser Kiosk bemerkt, wenn jemand kommt. Nichts verlässt ihn, bevor Sie zustimmen.",

  speak: (name) => `Mit ${name} sprechen`,
  touchOnly: "Nur berühren",
  consent:
    "Wenn Sie sprechen, geht der Ton Ihrer Stimme an unseren Server, wird dort von Software " +
    "verstanden und nicht aufgezeichnet.",
  consentNotice: "Ihnen wird zugehört: Software versteht Ihre Stimme und zeichnet nichts auf.",
  prompts: "Fragen zum Berühren",
  promptsTitle: "Fragen Sie zum Beispiel",
  otherLanguage: (name, language) => `${name} versteht und spricht ${language}.`,

  you: "Sie",
  states: { idle: "Bereit", listening: "Hört zu", thinking: "Denkt nach", speaking: "Spricht" },
  microphone: {
    off: "Sprechen",
    asking: "Einen Moment",
    on: "Ich höre Sie",
    muted: "Sprechen",
    refused: "Mikrofon gesperrt",
    missing: "Kein Mikrofon",
  },
  stopListening: "Nicht mehr zuhören",
  interrupt: "Stopp",
  write: "Schreiben",
  message: "Schreiben Sie Ihre Frage",
  send: "Senden",
  over: "Neu beginnen",
  sound: "Für Ton berühren",

  stillThere: "Sind Sie noch da?",
  endsIn: (seconds) =>
    `Dieses Gespräch endet in ${seconds} ${seconds === 1 ? "Sekunde" : "Sekunden"}.`,
  stay: "Ja, ich bin da",
  leave: "Ich bin fertig",

  troubles: {
    starting: { title: "Einen Moment, bitte", text: "Ich mache mich bereit." },
    interrupted: { title: "Einen Moment, bitte", text: "Die Verbindung wurde unterbrochen." },
    network: {
      title: "Ich bin gerade offline",
      text: "Dieser Kiosk hat kein Netz. Sobald es wieder da ist, bin ich es von selbst auch.",
    },
    server: {
      title: "Ich bin gerade offline",
      text: "Ich erreiche meinen Server nicht. Ich versuche es weiter und komme von selbst zurück.",
    },
    busy: {
      title: "Alle Plätze sind besetzt",
      text: "Ich spreche gerade mit anderen. Gleich bin ich da.",
    },
    attention: {
      title: "Ich kann gerade nicht helfen",
      text: "Jemand muss diesen Kiosk neu einrichten. Bitte sagen Sie dem Personal Bescheid.",
    },
  },
};

/** @type {Words} */
const spanish = {
  name: "Español",
  stage: "La persona con la que puede hablar",
  video: "Rostro y voz de una persona generada por IA",
  badge: "Persona generada por IA",
  disclosure: "Está hablando con una IA. El rostro y la voz son generados.",
  languages: "Idioma",
  product: "Visavis",

  setupTitle: "Iniciar este quiosco",
  setupText: "Después saluda a quien llegue y se cuida solo.",
  setupVoice: "Micrófono: nota en este dispositivo que alguien habla.",
  setupCamera: "Cámara: nota en este dispositivo que hay alguien.",
  setupNothingSent:
    "Ningún sonido sale de este dispositivo antes de que alguien acepte; ninguna imagen, nunca.",
  setupNotice: "Se escucha a los visitantes desde el saludo. Ponga un cartel que lo diga.",
  setupStart: "Iniciar",

  hello: (name) => `Hola, soy ${name}`,
  invitation: "Pregúnteme lo que quiera. Toque la pantalla.",
  invitationVoice: "Diga hola o toque la pantalla.",
  example: (question) => `«${question}»`,
  begin: "Tocar para empezar",
  noticing: "Este quiosco nota si alguien llega. Nada sale de él antes de que usted acepte.",

  speak: (name) => `Hablar con ${name}`,
  touchOnly: "Solo tocar",
  consent:
    "Si habla, el sonido de su voz va a nuestro servidor, un programa lo entiende allí " +
    "y no se graba.",
  consentNotice: "Se le está escuchando: un programa entiende su voz y no graba nada.",
  prompts: "Preguntas para tocar",
  promptsTitle: "Puede preguntar",
  otherLanguage: (name, language) => `${name} entiende y habla ${language}.`,

  you: "Usted",
  states: { idle: "Listo", listening: "Escucha", thinking: "Piensa", speaking: "Habla" },
  microphone: {
    off: "Hablar",
    asking: "Un momento",
    on: "Le escucho",
    muted: "Hablar",
    refused: "Micrófono bloqueado",
    missing: "Sin micrófono",
  },
  stopListening: "Dejar de escuchar",
  interrupt: "Parar",
  write: "Escribir",
  message: "Escriba su pregunta",
  send: "Enviar",
  over: "Empezar de nuevo",
  sound: "Tocar para oír",

  stillThere: "¿Sigue ahí?",
  endsIn: (seconds) =>
    `Esta conversación termina en ${seconds} ${seconds === 1 ? "segundo" : "segundos"}.`,
  stay: "Sí, sigo aquí",
  leave: "He terminado",

  troubles: {
    starting: { title: "Un momento, por favor", text: "Me estoy preparando." },
    interrupted: { title: "Un momento, por favor", text: "Se interrumpió la conexión." },
    network: {
      title: "Ahora no tengo conexión",
      text: "Este quiosco no tiene red. Volveré por mi cuenta en cuanto regrese.",
    },
    server: {
      title: "Ahora no tengo conexión",
      text: "No alcanzo mi servidor. Sigo intentándolo y volveré por mi cuenta.",
    },
    busy: {
      title: "Todos los puestos están ocupados",
      text: "Estoy hablando con otras personas. Enseguida estoy aquí.",
    },
    attention: {
      title: "Ahora no puedo ayudar",
      text: "Alguien tiene que configurar este quiosco. Por favor, avise al personal.",
    },
  },
};

/** @type {Words} */
const french = {
  name: "Français",
  stage: "La personne à qui vous pouvez parler",
  video: "Visage et voix d’une personne générée par IA",
  badge: "Personne générée par IA",
  disclosure: "Vous parlez à une IA. Le visage et la voix sont générés.",
  languages: "Langue",
  product: "Visavis",

  setupTitle: "Démarrer cette borne",
  setupText: "Ensuite, elle salue qui arrive et se débrouille seule.",
  setupVoice: "Microphone : remarque sur cet appareil que quelqu’un parle.",
  setupCamera: "Caméra : remarque sur cet appareil que quelqu’un est là.",
  setupNothingSent:
    "Aucun son ne quitte cet appareil avant l’accord d’un visiteur ; aucune image, jamais.",
  setupNotice: "Les visiteurs sont écoutés dès qu’ils sont salués. Affichez-le sur un panneau.",
  setupStart: "Démarrer",

  hello: (name) => `Bonjour, je suis ${name}`,
  invitation: "Posez-moi une question. Touchez l’écran.",
  invitationVoice: "Dites bonjour ou touchez l’écran.",
  example: (question) => `« ${question} »`,
  begin: "Touchez pour commencer",
  noticing: "Cette borne remarque qui arrive. Rien ne la quitte avant votre accord.",

  speak: (name) => `Parler avec ${name}`,
  touchOnly: "Toucher seulement",
  consent:
    "Si vous parlez, le son de votre voix va à notre serveur, où un logiciel le comprend, " +
    "et n’est pas enregistré.",
  consentNotice: "On vous écoute : un logiciel comprend votre voix et n’enregistre rien.",
  prompts: "Questions à toucher",
  promptsTitle: "Vous pouvez demander",
  otherLanguage: (name, language) => `${name} comprend et parle ${language}.`,

  you: "Vous",
  states: { idle: "Prêt", listening: "Écoute", thinking: "Réfléchit", speaking: "Parle" },
  microphone: {
    off: "Parler",
    asking: "Un instant",
    on: "Je vous entends",
    muted: "Parler",
    refused: "Microphone bloqué",
    missing: "Pas de microphone",
  },
  stopListening: "Ne plus écouter",
  interrupt: "Stop",
  write: "Écrire",
  message: "Écrivez votre question",
  send: "Envoyer",
  over: "Recommencer",
  sound: "Touchez pour le son",

  stillThere: "Êtes-vous toujours là ?",
  endsIn: (seconds) =>
    `Cette conversation se termine dans ${seconds} ${seconds === 1 ? "seconde" : "secondes"}.`,
  stay: "Oui, je suis là",
  leave: "J’ai terminé",

  troubles: {
    starting: { title: "Un instant, s’il vous plaît", text: "Je me prépare." },
    interrupted: { title: "Un instant, s’il vous plaît", text: "La connexion a été interrompue." },
    network: {
      title: "Je suis hors ligne",
      text: "Cette borne n’a pas de réseau. Je reviendrai de moi-même dès son retour.",
    },
    server: {
      title: "Je suis hors ligne",
      text: "Je n’atteins pas mon serveur. Je continue d’essayer et reviendrai de moi-même.",
    },
    busy: {
      title: "Toutes les places sont prises",
      text: "Je parle à d’autres personnes. Je suis à vous dans un instant.",
    },
    attention: {
      title: "Je ne peux pas aider",
      text: "Quelqu’un doit configurer cette borne. Veuillez prévenir le personnel.",
    },
  },
};

/** @type {Record<string, Words>} */
const LANGUAGES = { en: english, de: german, es: spanish, fr: french };

/** All languages there are. */
export const languages = Object.keys(LANGUAGES);

/**
 * @param {string} language as `de`
 * @returns {Words} in that language, or in English
 */
export function wordsFor(language) {
  return LANGUAGES[language] ?? english;
}
