/** What kind of thing is being dropped. */

const PICTURE = /\.(png|jpe?g|gif|bmp|webp|avif|tiff?|heic)$/i;

export const isPicture = (file: File): boolean => file.type.startsWith('image/') || PICTURE.test(file.name);

/** Whether a dropped item is a folder; only known while the drop is being handled. */
export const isDirectory = (item: DataTransferItem): boolean => item.webkitGetAsEntry()?.isDirectory ?? false;
