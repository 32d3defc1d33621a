// The camera: frames go to the worker one at a time, the next one only when the last is answered.

/** Why there is no picture. */
export type CameraFault = "denied" | "absent";

/** The longest side of a frame asked for: enough for a code of version 14 at arm's length. */
const WIDTH = 1_280;
const HEIGHT = 720;

export class Camera {
  #stream: MediaStream | null = null;
  #callback = 0;
  #waits = false;
  #isPaused = false;

  constructor(
    readonly video: HTMLVideoElement,
    readonly take: (frame: ImageBitmap, at: number) => void,
  ) {}

  /** Start; gives why it could not, or null. */
  async start(): Promise<CameraFault | null> {
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: "environment", width: { ideal: WIDTH }, height: { ideal: HEIGHT } },
      });
    } catch (error) {
      return error instanceof DOMException && error.name === "NotAllowedError" ? "denied" : "absent";
    }
    this.video.srcObject = this.#stream;
    await this.video.play().catch(() => undefined);
    this.#next();
    return null;
  }

  /** The worker is done with a frame. */
  answered(): void {
    this.#waits = false;
  }

  /** Show the picture but read nothing from it, or read on. */
  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
  }

  /** Whether the camera has a lamp. */
  get hasLamp(): boolean {
    const can = this.#stream?.getVideoTracks()[0]?.getCapabilities?.() as { torch?: boolean } | undefined;
    return can?.torch === true;
  }

  /** Switch the lamp; gives whether it is lit. */
  async light(isLit: boolean): Promise<boolean> {
    const lamp = { advanced: [{ torch: isLit }] } as unknown as MediaTrackConstraints;
    const done = this.#stream?.getVideoTracks()[0]?.applyConstraints(lamp);
    return (await done?.then(() => isLit, () => false)) ?? false;
  }

  stop(): void {
    this.video.cancelVideoFrameCallback(this.#callback);
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.video.srcObject = null;
    this.#stream = null;
  }

  #next(): void {
    this.#callback = this.video.requestVideoFrameCallback(() => void this.#frame());
  }

  async #frame(): Promise<void> {
    if (this.#stream === null) return;
    if (!this.#waits && !this.#isPaused && this.video.videoWidth > 0) {
      this.#waits = true;
      const at = performance.timeOrigin + performance.now();
      try {
        this.take(await createImageBitmap(this.video), at);
      } catch {
        this.#waits = false; // the picture was just changing
      }
    }
    this.#next();
  }
}
