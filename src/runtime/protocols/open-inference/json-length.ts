/**
 * The header of the binary extension: the bytes of a body up to which it is JSON. Behind them are the bytes
 * of the tensors.
 *
 * @see https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_binary_data.md
 */
export const JSON_LENGTH = 'inference-header-content-length';
