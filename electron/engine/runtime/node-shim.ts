/** `util.isNullOrUndefined` and `util.isArray` left Node in 23; tfjs-node 4.22 still calls them. */
import util from 'node:util';

const legacy = util as unknown as Record<string, (value: unknown) => boolean>;
legacy['isNullOrUndefined'] ??= (value) => value === null || value === undefined;
legacy['isArray'] ??= (value) => Array.isArray(value);

// TensorFlow's start-up banner is not for the people who read our terminal.
process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
