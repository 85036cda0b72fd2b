/** Pictures out of a camera's film. */

/** Side of what is recorded, pixels: as large as any backbone wants it. */
export const SIDE = 224;
/** JPEG's, so fine that the network does not see it. */
const QUALITY = 0.95;

/** The largest square in the middle of a frame: its corner and side, in pixels of the frame. */
export function middleSquare(width: number, height: number): { x: number; y: number; side: number } {
  const side = Math.min(width, height);
  return { x: Math.floor((width - side) / 2), y: Math.floor((height - side) / 2), side };
}

/** What a camera shows now, its middle, as it is: only the preview is a mirror. */
function draw(video: HTMLVideoElement, context: OffscreenCanvasRenderingContext2D | null): void {
  const { x, y, side } = middleSquare(video.videoWidth, video.videoHeight);
  context?.drawImage(video, x, y, side, side, 0, 0, SIDE, SIDE);
}

/** As a JPEG. */
export async function photograph(video: HTMLVideoElement): Promise<Uint8Array<ArrayBuffer>> {
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  draw(video, canvas.getContext('2d'));
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY });
  return new Uint8Array(await blob.arrayBuffer());
}

/** Frames are read one after the other, each out of the same canvas. */
let reader: OffscreenCanvasRenderingContext2D | null = null;

/** The next frame that a camera gives, as it would be recorded. */
export const nextFrame = (video: HTMLVideoElement): Promise<ImageData | null> =>
  new Promise((resolve) => {
    video.requestVideoFrameCallback(() => {
      reader ??= new OffscreenCanvas(SIDE, SIDE).getContext('2d', { willReadFrequently: true });
      draw(video, reader);
      resolve(reader?.getImageData(0, 0, SIDE, SIDE) ?? null);
    });
  });

/** A frame as a file, pixel by pixel. */
export async function frameFile(frame: ImageData, name: string): Promise<File> {
  const canvas = new OffscreenCanvas(frame.width, frame.height);
  canvas.getContext('2d')?.putImageData(frame, 0, 0);
  return new File([await canvas.convertToBlob({ type: 'image/png' })], name, { type: 'image/png' });
}
