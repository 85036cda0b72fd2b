"""Pictures as TFRecord files, streamed: they need not fit into memory."""

import glob
import json
import os

import tensorflow as tf

import workers

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")
DATA = json.load(open(os.path.join(HERE, "data.json"), encoding="utf-8"))
SIZE, CLASSES = DATA["size"], DATA["classes"]
SHUFFLED = 2**29  # bytes of pictures among which the next one is drawn
FIELDS = {"image": tf.io.FixedLenFeature([], tf.string), "label": tf.io.FixedLenFeature([], tf.int64)}

tf.config.set_visible_devices([], "GPU")  # TensorFlow reads here; the devices are for what trains


def counts(part):
    """Pictures of each class."""
    return DATA["parts"][part]


def load(part, batch_size, shuffle=False, one_hot=False):
    """This worker's share of a part: of each batch, the pictures that it computes. Numbers 0..255, and the index of the class."""
    devices, count = workers.devices(), sum(counts(part))
    if batch_size % devices:
        raise SystemExit(f"A batch of {batch_size} cannot be shared by {devices} devices. Make batch_size a multiple of {devices}.")
    if DATA["shards"] % workers.COUNT:
        raise SystemExit(f"The pictures lie in {DATA['shards']} files, which {workers.COUNT} workers cannot share. Take a number that divides them.")
    if count < devices:
        raise SystemExit(f"The part {part} has {count} pictures, fewer than there are devices ({devices}).")
    # Picture i lies in file i % files: one of each file in turn is the run's own order, and worker k's are those with i % workers == k.
    files = sorted(glob.glob(os.path.join(HERE, f"{part}-*.tfrecord")))[workers.INDEX :: workers.COUNT]
    records = tf.data.Dataset.from_tensor_slices(files).interleave(tf.data.TFRecordDataset, cycle_length=len(files), block_length=1)
    if shuffle:
        records = records.shuffle(max(1, min(count, SHUFFLED // (SIZE * SIZE * 3))))
    # All devices have to take the same number of steps: up to one picture a device stays out, another one in each epoch.
    own = count // devices * devices // workers.COUNT
    batch = batch_size // workers.COUNT
    batches = records.take(own).batch(batch).map(lambda records: decoded(records, one_hot), tf.data.AUTOTUNE)
    return batches.apply(tf.data.experimental.assert_cardinality(-(-own // batch))).prefetch(tf.data.AUTOTUNE)


def decoded(records, one_hot):
    fields = tf.io.parse_example(records, FIELDS)
    pixels = tf.reshape(tf.io.decode_raw(fields["image"], tf.uint8), (-1, SIZE, SIZE, 3))
    return tf.cast(pixels, tf.float32), tf.one_hot(fields["label"], CLASSES) if one_hot else fields["label"]


def blended(batches, alpha):
    """Batches blended in pairs with their labels (mixup, Zhang et al. 2018)."""

    def blend(x, y):
        a, b = tf.random.gamma([], alpha), tf.random.gamma([], alpha)
        share, partner = a / (a + b), tf.random.shuffle(tf.range(tf.shape(x)[0]))
        return tuple(share * v + (1 - share) * tf.gather(v, partner) for v in (x, y))

    return batches.map(blend, tf.data.AUTOTUNE)
