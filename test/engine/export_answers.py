"""Opens exports with the programs that they are for.

Argument: a folder with pixels.bin ([n, 32, 32, 3] float32, 0..255) and one folder an export, FORMAT-PRECISION; the network's input size.
Prints "ANSWER" and JSON by folder: probabilities, flat; or null where the program is not installed; or {"error": ...}.
"""
import importlib.util
import json
import os
import subprocess
import sys
import traceback

import numpy as np

ROOT, SIZE = sys.argv[1], int(sys.argv[2])
x = np.fromfile(os.path.join(ROOT, "pixels.bin"), np.float32).reshape(-1, 32, 32, 3)


def trains(model, library):
    """One step of training moves the weights, and leaves numbers. Of one size only: it takes its time."""
    if SIZE != 32:
        return
    before = [w.copy() for w in model.get_weights()]
    # XLA takes minutes to compile what is run once.
    model.compile(library.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", jit_compile=False)
    model.fit(x[:16], np.arange(16) % model.output_shape[-1], batch_size=16, epochs=1, verbose=0)
    after = model.get_weights()
    assert all(np.isfinite(w).all() for w in after)
    assert sum(not np.array_equal(a, b) for a, b in zip(before, after)) > len(before) * 0.9


def keras(d, file="model.keras"):
    import keras

    model = keras.saving.load_model(os.path.join(d, file), compile=False)
    answer = np.asarray(model(x, training=False))
    trains(model, keras)
    return answer


def keras_h5(d):
    """In Keras 3, and the same in Keras 2."""
    answer = keras(d, "model.h5")
    if importlib.util.find_spec("tf_keras"):
        import tf_keras

        model = tf_keras.models.load_model(os.path.join(d, "model.h5"), compile=False)
        np.testing.assert_allclose(model(x, training=False), answer, atol=1e-5)
        trains(model, tf_keras)
    return answer


def savedmodel(d):
    import tensorflow as tf

    signatures = tf.saved_model.load(d).signatures
    p = signatures["serving_default"](image=tf.constant(x))["probabilities"].numpy()
    for i in range(5):
        for encode in tf.io.encode_png, lambda picture: tf.io.encode_jpeg(picture, quality=100, chroma_downsampling=False):
            file = encode(tf.cast(x[i], tf.uint8))
            expected = signatures["serving_default"](image=tf.cast(tf.io.decode_image(file, 3), tf.float32)[None])["probabilities"]
            np.testing.assert_allclose(signatures["serving_bytes"](image_bytes=file)["probabilities"], expected, atol=1e-6)
    shown = subprocess.run([sys.executable, "-m", "tensorflow.python.tools.saved_model_cli", "show", "--dir", d, "--all"], capture_output=True, text=True)
    for word in "serving_default", "serving_bytes", "image_bytes:0", "DT_STRING", "probabilities":
        assert word in shown.stdout, shown.stderr
    return p


def tfjs(d):
    """The layers model rebuilt by Keras, layer by layer from its own configs: names, options and weight order are Keras'."""
    import keras
    import tensorflow as tf

    with open(os.path.join(d, "model.json"), encoding="utf-8") as file:
        model = json.load(file)
    values = {}
    for name, value in weights(d, model):
        values.setdefault(name.rsplit("/", 1)[0], []).append(value)
    out = {}
    for layer in model["modelTopology"]["model_config"]["config"]["layers"]:
        config = dict(layer["config"])
        if layer["class_name"] == "InputLayer":
            inputs = out[layer["name"]] = keras.Input(config["batch_input_shape"][1:], name=config["name"])
            continue
        made = getattr(keras.layers, layer["class_name"]).from_config(config)
        y = [out[node[0]] for node in layer["inbound_nodes"][0]]
        y = out[layer["name"]] = made(y if len(y) > 1 else y[0])
        if layer["name"] in values:
            made.set_weights(values.pop(layer["name"]))
    assert not values, values.keys()
    return keras.Model(inputs, y)(tf.image.resize(x, (SIZE, SIZE)), training=False)


def tfjs_graph(d):
    """The graph in TensorFlow itself: constants put back into their nodes."""
    import tensorflow as tf
    from google.protobuf import json_format
    from tensorflow.core.framework import graph_pb2

    with open(os.path.join(d, "model.json"), encoding="utf-8") as file:
        model = json.load(file)
    graph = json_format.ParseDict(model["modelTopology"], graph_pb2.GraphDef())
    values = dict(weights(d, model))
    for node in graph.node:
        if node.op == "Const":
            node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(values.pop(node.name)))
    assert not values, values.keys()

    def run(image):
        return tf.graph_util.import_graph_def(graph, {"image": image}, [model["signature"]["outputs"]["probabilities"]["name"]], name="")

    return tf.compat.v1.wrap_function(run, [tf.TensorSpec([None, 32, 32, 3], tf.float32)])(tf.constant(x))[0].numpy()


def weights(d, model):
    """Names and values of a TensorFlow.js model's weights, quantized ones made whole (tfjs-converter's `read_weights`)."""
    for group in model["weightsManifest"]:
        raw = b"".join(open(os.path.join(d, path), "rb").read() for path in group["paths"])
        at = 0
        for entry in group["weights"]:
            quantization = entry.get("quantization")
            dtype = np.dtype(quantization["dtype"] if quantization else entry["dtype"])
            count = int(np.prod(entry["shape"]))
            value = np.frombuffer(raw, dtype, count, at).reshape(entry["shape"])
            at += count * dtype.itemsize
            if quantization:
                value = value.astype(np.float32)
                if "scale" in quantization:
                    value = value * np.float32(quantization["scale"]) + np.float32(quantization["min"])
            yield entry["name"], value
        assert at == len(raw)


def onnx(d):
    import onnx
    import onnxruntime

    path = os.path.join(d, "model.onnx")
    onnx.checker.check_model(path, full_check=True)

    def run(file):
        return onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"]).run(None, {"image": x})[0]

    # Its operators mean the same in the newest opset, whatever that is: the lower number opens in older runtimes, too.
    newest = onnx.load(path)
    newest.opset_import[0].version = onnx.defs.onnx_opset_version()
    onnx.checker.check_model(newest, full_check=True)
    answers = run(path)
    assert np.array_equal(run(newest.SerializeToString()), answers)
    return answers


def without_xnnpack(d):
    from ai_edge_litert.interpreter import OpResolverType

    return tflite(d, experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)


def tflite(d, **how):
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(os.path.join(d, "model.tflite"), **how)
    (image,), (answer,) = interpreter.get_input_details(), interpreter.get_output_details()
    interpreter.resize_tensor_input(image["index"], x.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(image["index"], x.astype(image["dtype"]))
    interpreter.invoke()
    values = interpreter.get_tensor(answer["index"])
    assert interpreter.get_signature_list() == {"serving_default": {"inputs": ["image"], "outputs": ["probabilities"]}}
    scale, zero = answer["quantization"]
    return (values.astype(np.float32) - zero) * scale if scale else values


def coreml(d):
    """Core ML itself runs on Apple's machines alone: coremltools reads the package and infers every type, TensorFlow does its operations."""
    import coremltools
    import tensorflow as tf
    from coremltools.converters.mil.frontend.milproto.load import load as parse

    path = os.path.join(d, "model.mlpackage")
    spec = coremltools.utils.load_spec(path)
    assert [f.name for f in spec.description.output] == ["classLabel", "classLabel_probs"] and spec.description.input[0].type.imageType.colorSpace == 20
    with open(os.path.join(d, "labels.json"), encoding="utf-8") as file:
        labels = json.load(file)
    program = parse(spec, spec.specificationVersion, os.path.join(path, "Data", "com.apple.CoreML", "weights"))
    values = {"image": tf.transpose(x, [0, 3, 1, 2])}
    last = lambda v: tf.transpose(v, [0, 2, 3, 1])
    first = lambda v: tf.transpose(v, [0, 3, 1, 2])
    for op in program.functions["main"].operations:
        i = {key: values.get(v.name) if getattr(v, "val", None) is None else v.val for key, v in op.inputs.items() if not isinstance(v, (list, tuple))}
        if op.op_type == "const":
            continue
        if op.op_type == "classify":
            assert [c.val if hasattr(c, "val") else c for c in op.inputs["classes"].val] == labels
            return values[op.inputs["probabilities"].name].numpy()
        if op.op_type == "mul":
            y = i["x"] * i["y"]
        elif op.op_type == "add":
            y = i["x"] + i["y"]
        elif op.op_type == "cast":
            y = tf.cast(i["x"], {"fp16": tf.float16, "fp32": tf.float32}[i["dtype"]])
        elif op.op_type == "resize_bilinear":
            assert i["sampling_mode"] == "UNALIGN_CORNERS"
            y = tf.cast(first(tf.image.resize(last(i["x"]), (i["target_size_height"], i["target_size_width"]))), i["x"].dtype)
        elif op.op_type == "conv":
            top, bottom, left, right = i["pad"]
            padded = tf.pad(last(i["x"]), [[0, 0], [top, bottom], [left, right], [0, 0]])
            kernel = np.transpose(i["weight"], [2, 3, 1, 0] if i["groups"] == 1 else [2, 3, 0, 1])
            run = tf.nn.conv2d if i["groups"] == 1 else tf.nn.depthwise_conv2d
            y = first(run(padded, kernel, [1, *i["strides"], 1], "VALID") + i["bias"])
        elif op.op_type == "relu6":
            y = tf.nn.relu6(i["x"])
        elif op.op_type == "relu":
            y = tf.nn.relu(i["x"])
        elif op.op_type == "reduce_mean":
            y = tf.reduce_mean(i["x"], list(i["axes"]), i["keep_dims"])
        elif op.op_type == "linear":
            y = i["x"] @ i["weight"].T + i["bias"]
        elif op.op_type == "softmax":
            y = tf.nn.softmax(i["x"], i["axis"])
        else:
            raise ValueError(op.op_type)
        assert tuple(y.shape[1:]) == tuple(op.outputs[0].shape[1:]), op.name
        values[op.outputs[0].name] = y
    raise ValueError("nothing was classified")


NEEDS = {"onnx": "onnxruntime", "tflite": "ai_edge_litert", "without_xnnpack": "ai_edge_litert", "coreml": "coremltools"}


def answer(folder, name=None):
    name = name or folder.split("-")[0]
    if name in NEEDS and not importlib.util.find_spec(NEEDS[name]):
        return None
    try:
        return np.asarray(globals()[name](os.path.join(ROOT, folder)), np.float64).ravel().tolist()
    except Exception:
        return {"error": traceback.format_exc()}


folders = sorted(name for name in os.listdir(ROOT) if os.path.isdir(os.path.join(ROOT, name)))
answers = {folder: answer(folder) for folder in folders}
# LiteRT's other kernels, on the file that they round differently.
answers["without XNNPACK"] = answer("tflite-int8", "without_xnnpack")
print("ANSWER " + json.dumps(answers))
