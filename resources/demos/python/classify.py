"""Your model in Python: names what is in pictures, and in folders of them.

python classify.py picture.jpg photos --csv answers.csv
"""

import argparse
import csv
import json
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

import model

FOLDER = Path(__file__).resolve().parent.parent
SETTINGS = json.loads((FOLDER / "tsugiki.json").read_text("utf-8"))
LABELS, SIZE, THRESHOLD = SETTINGS["classNames"], SETTINGS["imageSize"], SETTINGS["threshold"]
ENDINGS = {".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".avif"}
BATCH = 32  # pictures asked about at a time
BEST = min(5, len(LABELS))

# ---- 1. The model: pixels -> probabilities, in the order of LABELS. How it is loaded and asked is in model.py.

ask = model.load(FOLDER / SETTINGS["files"][0]["name"])

# ---- 2. A picture -> pixels 0..255, [SIZE, SIZE, 3], as the model learned them.


def pixels_of(path):
    with Image.open(path) as picture:
        # A large JPEG is decoded at a half, a quarter or an eighth of its size, as long as twice SIZE remains; much faster.
        picture.draft("RGB", (2 * SIZE, 2 * SIZE))
        return resized(on_white(ImageOps.exif_transpose(picture)))


def on_white(picture):
    """Transparent parts were white in training. [height, width, 3], 0..255"""
    if picture.mode.startswith("I;16"):  # grey in 16 bits
        picture = Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    if not picture.has_transparency_data:
        return np.asarray(picture.convert("RGB"), np.float32)
    rgba = np.asarray(picture.convert("RGBA"), np.float32)
    return np.round(255 + rgba[..., 3:] / 255 * (rgba[..., :3] - 255))


def resized(pixels):
    """Stretched, averaging over all pixels that fall together: first the rows, then the columns. [SIZE, SIZE, 3]

    Pillow and OpenCV shrink in their own ways, and a model answers differently on differently shrunk pictures.
    """
    height, width, _ = pixels.shape
    lines = (shares(height) @ pixels.reshape(height, -1)).reshape(SIZE, width, 3)
    return np.floor(shares(width) @ lines + 0.5)


def shares(old):
    """What each of `old` rows gives to each of SIZE new ones: a triangle, as wide as one new row to either side. [SIZE, old]"""
    scale = old / SIZE
    centres = (np.arange(SIZE)[:, None] + 0.5) * scale
    distances = np.abs(np.arange(old) + 0.5 - centres)
    weights = np.maximum(0, 1 - distances / max(1, scale))
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


# ---- 3. All pictures, a batch at a time.


def pictures_at(paths):
    """(name, path) of each picture; those of a folder are named from there."""
    for path in map(Path, paths):
        if path.is_dir():
            yield from ((p.relative_to(path).as_posix(), p) for p in sorted(path.rglob("*")) if p.suffix.lower() in ENDINGS)
        else:
            yield path.name, path


def look(path):
    """(pixels, "") or (None, why there are none)."""
    try:
        return pixels_of(path), ""
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        return None, str(error)


def answers(pictures):
    """(name, probabilities, "") or (name, None, problem) of each."""
    for start in range(0, len(pictures), BATCH):
        batch = pictures[start : start + BATCH]
        seen = [look(path) for _, path in batch]
        readable = [pixels for pixels, _ in seen if pixels is not None]
        probabilities = iter(ask(np.stack(readable)) if readable else [])
        for (name, _), (pixels, problem) in zip(batch, seen):
            yield name, None if pixels is None else next(probabilities), problem


def main():
    parser = argparse.ArgumentParser(description="Names what is in pictures, and in folders of them.")
    parser.add_argument("paths", nargs="+", help="pictures and folders of pictures")
    parser.add_argument("--csv", help="writes a table to this file")
    args = parser.parse_args()

    header = ["file", "answer", *(f"{what}_{i + 1}" for i in range(BEST) for what in ("class", "probability")), "problem"]
    rows = [header]
    widest = max(map(len, LABELS))
    for name, probabilities, problem in answers(list(pictures_at(args.paths))):
        if probabilities is None:
            print(f"      ?  {name}: {problem}")
            rows.append([name, "", *[""] * 2 * BEST, problem])
            continue
        best = np.argsort(-probabilities, kind="stable")[:BEST]
        top = probabilities[best[0]]
        answer = "none-of-these" if THRESHOLD is not None and top < THRESHOLD else LABELS[best[0]]
        print(f"{top:7.1%}  {answer:{widest}}  {name}")
        rows.append([name, answer, *(cell for i in best for cell in (LABELS[i], f"{probabilities[i]:.9g}")), ""])
    if args.csv:
        # utf-8-sig: so that Excel reads other letters than English ones.
        with open(args.csv, "w", newline="", encoding="utf-8-sig") as file:
            csv.writer(file).writerows(rows)


if __name__ == "__main__":
    main()
