// The alarm's sound: two tones in a loop that the sound hardware repeats by itself, so that a
// browser which slows the timers of a page in the background does not slow the alarm.

/** What the browser says of the sound. */
export type SoundState = "running" | "suspended" | "none";

const RATE = 22_050;
const LOOP_S = 2;
/** Two tones an old loudspeaker renders well, [begin, end, hertz] in seconds of the loop. */
const TONES: readonly (readonly [number, number, number])[] = [
  [0, 0.35, 880],
  [0.35, 0.7, 660],
  [0.8, 1.15, 880],
  [1.15, 1.5, 660],
];

/** Samples of one loop, -1 to 1, with short ramps so that it does not click. */
export function loop(): Float32Array<ArrayBuffer> {
  const samples = new Float32Array(RATE * LOOP_S);
  for (const [begin, end, hertz] of TONES) {
    const last = Math.floor(end * RATE);
    for (let at = Math.floor(begin * RATE); at < last; at += 1) {
      const edge = Math.min(at / RATE - begin, end - at / RATE);
      const wave = Math.sin((2 * Math.PI * hertz * at) / RATE);
      // A few overtones carry through noise better than a pure tone.
      samples[at] = Math.tanh(2.2 * wave) * 0.8 * Math.min(1, Math.max(0, edge) / 0.01);
    }
  }
  return samples;
}

/** The alarm of this page. */
export class Sound {
  private context: AudioContext | null = null;
  private playing: AudioBufferSourceNode | null = null;
  private wanted = false;
  private broken = false;

  /** `onChange` is told when the browser lets sound out or holds it back. */
  constructor(private readonly onChange: () => void) {}

  state(): SoundState {
    if (this.broken || this.context?.state === "closed") return "none";
    if (this.context === null) return "suspended";
    return this.context.state === "running" ? "running" : "suspended";
  }

  /** Whether the alarm is sounding now. */
  sounding(): boolean {
    return this.playing !== null && this.state() === "running";
  }

  /** To be called from a click or a key: browsers let no sound out before. */
  unlock(): void {
    try {
      if (this.context === null) {
        this.context = new AudioContext();
        this.context.addEventListener("statechange", this.onChange);
      }
      // The promise waits for as long as the browser refuses; `statechange` tells when it no longer does.
      if (this.context.state !== "running") this.context.resume().catch(() => undefined);
    } catch {
      this.broken = true;
    }
    this.play(this.wanted);
    this.onChange();
  }

  /** Sounds the loop once, so that a person hears whether it can be heard; gives what it will take, seconds. */
  test(): number {
    this.unlock();
    if (this.context === null || this.playing !== null) return 0;
    this.source(this.context).start();
    return LOOP_S;
  }

  /** Sounds until it is called with `false`. */
  play(wanted: boolean): void {
    this.wanted = wanted;
    if (this.context === null) return;
    if (wanted && this.playing === null) {
      this.playing = this.source(this.context);
      this.playing.loop = true;
      this.playing.start();
    } else if (!wanted && this.playing !== null) {
      this.playing.stop();
      this.playing = null;
    }
  }

  private source(context: AudioContext): AudioBufferSourceNode {
    const samples = loop();
    const buffer = context.createBuffer(1, samples.length, RATE);
    buffer.copyToChannel(samples, 0);
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(context.destination);
    return source;
  }
}
