// Its types are those of onnxruntime-common, which are here without the 290 MB of the package itself.
declare module 'onnxruntime-node' {
  export * from 'onnxruntime-common';
}
