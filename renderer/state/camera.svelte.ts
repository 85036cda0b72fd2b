/** The camera: which one, whether it is on, and recording from it into a class for as long as a button is held. */
import { nextFrame, photograph } from '../lib/camera';
import { m } from '../m';
import { data } from './data.svelte';
import { report } from './toasts.svelte';

/** Pictures a second: fewer are slow to gather, more are all alike. */
const A_SECOND = 8;
/** Handed over this many at a time, so that what was recorded is on disk within seconds. */
const BATCH = 5 * A_SECOND;

interface Shot {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

let shown = $state(false);
let stream = $state.raw<MediaStream | null>(null);
let devices = $state.raw<readonly MediaDeviceInfo[]>([]);
/** Why there is no picture, in a sentence. */
let trouble = $state<string | null>(null);
let recording = $state(false);
/** Pictures recorded since the panel was opened. */
let recorded = $state(0);

/** Asked for last: an older answer comes too late. */
let turn = 0;

/** The panel may be drawn anew while it records; what the camera shows goes on. */
const video = document.createElement('video');
video.muted = video.playsInline = true;

function stopStream(): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = video.srcObject = null;
}

function sentence(error: unknown): string {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError') return m.camera_refused();
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return m.camera_none();
  if (name === 'NotReadableError') return m.camera_taken();
  return m.camera_failed();
}

async function start(deviceId: string | null): Promise<void> {
  const mine = ++turn;
  stopStream();
  trouble = null;
  try {
    const started = await navigator.mediaDevices.getUserMedia({ audio: false, video: deviceId === null ? true : { deviceId: { exact: deviceId } } });
    if (mine !== turn) return started.getTracks().forEach((track) => track.stop());
    stream = video.srcObject = started;
    await video.play();
    // Cameras have names only once one of them is on.
    devices = (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === 'videoinput');
  } catch (error) {
    if (mine === turn) trouble = sentence(error);
  }
}

/** Hands pictures over in the background, in order. */
function handOver(className: string, shots: Shot[]): Promise<number> {
  return shots.length === 0 ? Promise.resolve(0) : data.add(className, shots).then((outcome) => outcome?.added ?? 0);
}

export const camera = {
  /** Puts what the camera shows into an element. Once it is nowhere on the page nobody looks any more, and the camera goes off. */
  showIn(host: HTMLElement): () => void {
    host.append(video);
    // Taken out of the page it stopped. It may be moved once more before it plays.
    if (stream) video.play().catch(() => null);
    return () => queueMicrotask(() => video.isConnected || trouble !== null || camera.close());
  },
  get shown(): boolean {
    return shown;
  },
  get stream(): MediaStream | null {
    return stream;
  },
  get devices(): readonly MediaDeviceInfo[] {
    return devices;
  },
  /** Id of the camera that is on. */
  get device(): string {
    return stream?.getVideoTracks()[0]?.getSettings().deviceId ?? '';
  },
  get trouble(): string | null {
    return trouble;
  },
  get recording(): boolean {
    return recording;
  },
  get recorded(): number {
    return recorded;
  },
  open(): void {
    shown = true;
    recorded = 0;
    void start(null);
  },
  use: (deviceId: string): Promise<void> => start(deviceId),
  close(): void {
    turn++;
    shown = recording = false;
    stopStream();
  },
  /** What it sees next. */
  frame: (): Promise<ImageData | null> => nextFrame(video),
  /** Takes pictures until `release`; all of them are in, or reported, when it is done. */
  async hold(className: string): Promise<void> {
    if (recording || video.videoWidth === 0) return;
    recording = true;
    const begun = Date.now();
    const added: Promise<number>[] = [];
    let shots: Shot[] = [];
    try {
      for (let n = 1; recording; n++) {
        const next = performance.now() + 1000 / A_SECOND;
        shots.push({ name: `camera-${begun}-${n}.jpg`, bytes: await photograph(video) });
        recorded++;
        if (shots.length === BATCH) {
          added.push(handOver(className, shots));
          shots = [];
        }
        await new Promise((resolve) => setTimeout(resolve, next - performance.now()));
      }
    } catch (error) {
      report(error);
    }
    recording = false;
    added.push(handOver(className, shots));
    const sum = (await Promise.all(added)).reduce((a, b) => a + b, 0);
    if (sum > 0) data.tellImport({ added: sum, already: 0, moved: 0, skipped: [], loose: 0, stopped: false });
  },
  release(): void {
    recording = false;
  }
};
