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
export async function photograph(video: HTMLVideoElement): Promise<Uint8Array<ArrayBuffer>> {
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const { x, y, side } = middleSquare(video.videoWidth, video.videoHeight);
  canvas.getContext('2d')?.drawImage(video, x, y, side, side, 0, 0, SIDE, SIDE);
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY });
  return new Uint8Array(await blob.arrayBuffer());
}
